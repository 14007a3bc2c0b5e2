import { isRecord, type HttpRequest } from 'hawser'
import type { CassetteBody, CassetteEntry } from './cassette.ts'
import { isSecretName } from './secret-text.ts'

// A shorter one stands in ordinary words too.
const shortest = 8

/** Gives the secrets that an exchange shows by their names: credentials, cookies, tokens in bodies and addresses. */
export function secretsOf(
  { request, response }: CassetteEntry,
  { secrets = [] }: Pick<HttpRequest, 'secrets'>,
): readonly string[] {
  const found = [
    ...secrets,
    ...[request.headers, response.headers].flatMap((headers) => Object.entries(headers).flatMap(ofHeader)),
    ...ofFields(request.query),
    ...ofBody(request.body),
    ...ofBody(response.body),
  ]
  return found.filter((secret) => secret.length >= shortest)
}

function ofHeader([name, value]: readonly [string, string]): readonly string[] {
  if (!isSecretName(name)) return []
  // A cookie is `name=value; Path=/`, an authorization is a scheme and a credential, and a basic one holds a password.
  const cookies = [...value.matchAll(/(?:^|[;,]\s*)[\w.-]+=([^;,]*)/g)].map(([, cookie = '']) => cookie)
  const [scheme = '', ...rest] = value.split(' ')
  const basic = /^basic /i.test(value) ? Buffer.from(value.slice(6), 'base64').toString().split(':') : []
  return /cookie/.test(name) ? cookies : [...(rest.length > 0 ? rest : [scheme]), ...basic]
}

function ofFields(fields: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(fields).flatMap(([name, values]) => (isSecretName(name) ? values : []))
}

function ofBody(body: CassetteBody | undefined): readonly string[] {
  if (body && 'form' in body) return ofFields(body.form)
  return body && 'json' in body ? ofJson(body.json) : []
}

function ofJson(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(ofJson)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, item]) =>
    isSecretName(name) && (typeof item === 'string' || typeof item === 'number') ? [String(item)] : ofJson(item),
  )
}
