import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import type { AuthorizationServer } from 'hawser/testing'

/** What the tests look at in an answer. */
interface AnswerBody {
  readonly [name: string]: unknown
  readonly access_token: string
  readonly refresh_token: string
  readonly id_token: string
  readonly error: string
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: AnswerBody
}

/** Posts a form as the client that every server knows. */
export async function ask(
  server: AuthorizationServer,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = basic('client', 'secret'),
): Promise<Answer> {
  const body = new URLSearchParams(fields)
  return read(await server.respond(new Request(new URL(path, server.origin), { method: 'POST', headers, body })))
}

export const basic = (id: string, secret: string): { authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

export async function read(response: Response | undefined): Promise<Answer> {
  if (!response) throw new Error('There was no answer.')
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  // Nothing but this may stand in it. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
  if (isJson && 'error_description' in parsed(text)) {
    expect(parsed(text)['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
  }
  return { status: response.status, headers: response.headers, body: isJson ? parsed(text) : { ...noBody, text } }
}

const noBody = { access_token: '', refresh_token: '', id_token: '', error: '' }

function parsed(text: string): AnswerBody {
  try {
    return JSON.parse(text)
  } catch {
    return { ...noBody, text }
  }
}

export async function refresh(
  server: AuthorizationServer,
  token: string,
  fields: Record<string, string> = {},
): Promise<Answer> {
  return ask(server, '/token', { grant_type: 'refresh_token', refresh_token: token, ...fields })
}

/** Uses an access token. */
export async function use(server: AuthorizationServer, token: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` }
  return read(await server.respond(new Request(`${server.origin}/resource`, { headers })))
}

const verifier: string = 'v'.repeat(43)
export const challenge: string = createHash('sha256').update(verifier).digest('base64url')
const authorization = {
  response_type: 'code',
  client_id: 'client',
  redirect_uri: 'https://app.test/callback',
  code_challenge: challenge,
  code_challenge_method: 'S256',
  state: 's',
}

/** Sends a browser to the authorize endpoint, and gives where it is sent on to. */
export async function authorize(
  server: AuthorizationServer,
  fields: Record<string, string | undefined> = {},
  path = '/authorize',
): Promise<{ readonly status: number; readonly query: URLSearchParams; readonly to: string }> {
  const url = new URL(path, server.origin)
  for (const [name, value] of Object.entries({ ...authorization, ...fields })) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  const response = await server.respond(new Request(url))
  const to = response?.headers.get('location') ?? ''
  const query = to === '' ? new URLSearchParams() : new URL(to).searchParams
  return { status: response?.status ?? 0, query, to: to.split('?')[0] ?? '' }
}

/** Sends a token request in any way, and gives what comes back as it is. */
export async function send(server: AuthorizationServer, path: string, init: RequestInit): Promise<Response> {
  const response = await server.respond(new Request(server.origin + path, init))
  if (!response) throw new Error(`Nobody answers ${path}.`)
  return response
}

/** A token request as a form, with the secret in it. */
export const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { accept: 'application/json', ...headers },
  body: new URLSearchParams({ client_id: 'client', client_secret: 'secret', ...fields }),
})
/** The parameters that exchange the code of a redirect. */
export const byCode = (query: URLSearchParams, name = 'code'): Record<string, string> => ({
  grant_type: 'authorization_code',
  code: query.get(name) ?? '',
  redirect_uri: 'https://app.test/callback',
  code_verifier: verifier,
})

/** Exchanges a code. */
export async function exchange(
  server: AuthorizationServer,
  code: string | null,
  fields: Record<string, string> = {},
): Promise<Answer> {
  return ask(server, '/token', {
    ...byCode(new URLSearchParams({ code: code ?? '' })),
    ...fields,
  })
}
