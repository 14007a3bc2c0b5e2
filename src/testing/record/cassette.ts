import { ConfigurationError, isRecord } from 'hawser'

/** What was sent, or came back: a JSON value, the fields of a form, text, or bytes in base64. */
export type CassetteBody =
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, readonly string[]>> }
  | { readonly text: string }
  | { readonly base64: string }

/** One request with its answer. */
export interface CassetteEntry {
  readonly request: {
    readonly method: string
    /** Origin and path. */
    readonly url: string
    readonly query: Readonly<Record<string, readonly string[]>>
    readonly headers: Readonly<Record<string, string>>
    readonly body?: CassetteBody
  }
  readonly response: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: CassetteBody
  }
}

/** Recorded exchanges, without their secrets. */
export interface Cassette {
  readonly format: 'hawser-cassette/1'
  readonly entries: readonly CassetteEntry[]
}

/** Writes a cassette so that the same exchanges give the same text: every object has its keys in order. */
export function writeCassette(cassette: Cassette): string {
  return `${JSON.stringify(inOrder(cassette), null, 2)}\n`
}

/**
 * Reads a cassette.
 *
 * @throws {ConfigurationError} where it is none, or of another format
 */
export function readCassette(text: string): Cassette {
  const value: unknown = parsed(text)
  if (isRecord(value) && value['format'] === 'hawser-cassette/1' && Array.isArray(value['entries'])) {
    return { format: value['format'], entries: value['entries'] }
  }
  throw new ConfigurationError('This is no cassette of the format hawser-cassette/1. Record it anew.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (!isRecord(value)) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, item]) => [name, inOrder(item)]))
}

/** Takes a body for what its type says it is; `undefined` where there is none. */
export function bodyOf(bytes: Uint8Array, type: string = ''): CassetteBody | undefined {
  if (bytes.length === 0) return undefined
  const text = Buffer.from(bytes).toString()
  if (!Buffer.from(text).equals(bytes)) return { base64: Buffer.from(bytes).toString('base64') }
  if (type.includes('x-www-form-urlencoded')) return { form: fieldsOf(new URLSearchParams(text)) }
  const json = parsed(text)
  return json === undefined ? { text } : { json }
}

/** Gives a body's bytes back. */
export function bytesOfBody(body: CassetteBody | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if ('base64' in body) return Buffer.from(body.base64, 'base64')
  if ('text' in body) return Buffer.from(body.text)
  if ('json' in body) return Buffer.from(JSON.stringify(body.json))
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(body.form)) for (const value of values) form.append(name, value)
  return Buffer.from(form.toString())
}

/** Gives the fields of a query or a form, each with all of its values. */
export function fieldsOf(fields: URLSearchParams): Record<string, readonly string[]> {
  return Object.fromEntries([...new Set(fields.keys())].toSorted().map((name) => [name, fields.getAll(name)]))
}
