import { isRecord } from 'hawser'
import type { CassetteBody, CassetteEntry } from './cassette.ts'
import { decodings } from './decodings.ts'
import { isSecretName, replaceSecretForms } from './secret-text.ts'

/** Puts `scrubbed-1` and so on in the place of secrets; the same for the same secret, so that pages still lead to each other. */
export interface Scrubber {
  readonly entry: (entry: CassetteEntry) => CassetteEntry
}

/** What stands where a secret was. */
export const scrubbed: RegExp = /scrubbed-\d+/

// Sent anew each time, or said by the connection: of no use on a cassette, and a difference in every diff.
const fleeting =
  /^(?:date|age|connection|keep-alive|content-length|content-encoding|transfer-encoding|host|user-agent|accept-encoding|via|alt-svc|traceparent|idempotency-key)$/

/** Makes a scrubber that numbers what it finds; `secrets` are those that are known. */
export function createScrubber(secrets: ReadonlySet<string>): Scrubber {
  const numbers = new Map<string, number>()
  const known = [...secrets].toSorted((a, b) => b.length - a.length)

  function replaced(secret: string): string {
    if (new RegExp(`^${scrubbed.source}$`).test(secret)) return secret
    const number = numbers.get(secret) ?? numbers.size + 1
    numbers.set(secret, number)
    return `scrubbed-${number}`
  }

  function text(value: string): string {
    const plain = known.reduce((all, secret) => all.replaceAll(secret, () => replaced(secret)), value)
    const clean = replaceSecretForms(plain, replaced)
    return holdsAny(clean, known) ? replaced(value) : clean
  }

  function named(name: string, value: unknown): unknown {
    const secret = isSecretName(name) && (typeof value === 'string' || typeof value === 'number') && value !== ''
    return secret ? replaced(String(value)) : json(value)
  }

  // Piece by piece, so that it stays an address; a secret in the origin is found before the cassette is written.
  function address(url: string): string {
    const { origin, pathname } = new URL(url)
    return origin + pathname.split('/').map(text).join('/')
  }

  function json(value: unknown): unknown {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number') return holdsAny(String(value), known) ? replaced(String(value)) : value
    if (Array.isArray(value)) return value.map(json)
    if (!isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), named(name, item)]))
  }

  function field(name: string, value: string): string {
    return isSecretName(name) ? replaced(value) : text(value)
  }

  function fields(all: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
    return Object.fromEntries(
      Object.entries(all).map(([name, values]) => [text(name), values.map((value) => field(name, value))]),
    )
  }

  function body(of: CassetteBody | undefined): { body?: CassetteBody } {
    if (of === undefined) return {}
    if ('json' in of) return { body: { json: json(of.json) } }
    if ('form' in of) return { body: { form: fields(of.form) } }
    return { body: 'text' in of ? { text: text(of.text) } : of }
  }

  function headers(all: Readonly<Record<string, string>>): Record<string, string> {
    const kept = Object.entries(all).filter(([name]) => !fleeting.test(name))
    return Object.fromEntries(kept.map(([name, value]) => [name, field(name, value)]))
  }

  return {
    entry: ({ request, response }) => ({
      request: {
        method: request.method,
        url: address(request.url),
        query: fields(request.query),
        headers: headers(request.headers),
        ...body(request.body),
      },
      response: { status: response.status, headers: headers(response.headers), ...body(response.body) },
    }),
  }
}

/** Tells whether a text holds a secret, in any encoding. */
export function holdsAny(text: string, secrets: readonly string[]): boolean {
  return secrets.length > 0 && decodings(text).some((read) => secrets.some((secret) => read.includes(secret)))
}
