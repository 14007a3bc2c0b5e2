import { InvalidRequestError } from '../errors.ts'
import { fieldAt } from '../json-value.ts'
import { systemRuntime } from '../runtime.ts'
import { contentOf } from './content.ts'
import { signatureOf } from './digest.ts'
import { Buffer } from './encoding.ts'
import { prepareKeys, privateForm, type WebhookSecret } from './keys.ts'
import type { Key, Now, Reading, WebhookRequest } from './reading.ts'
import { read, textAt } from './request.ts'
import type { MessageScheme, SignatureScheme, SignatureSource, Source } from './scheme.ts'
import { millisecondsOf, writeTimestamp } from './timestamp.ts'
import { algorithmOf, itemsOf } from './verify.ts'

/** What is needed to sign as a vendor would. */
export interface SignOptions {
  /** The secret; for a scheme with a public key, the private one. Several give several signatures, where the scheme lists them. */
  readonly secrets: readonly WebhookSecret[]
  /** The delivery's id, where the scheme has one. @default a random UUID */
  readonly id?: string
  /** Milliseconds since the Unix epoch. @default the present */
  readonly now?: Now
  /** What was signed and is not sent. */
  readonly values?: Readonly<Record<string, string>>
}

/** A request that `verify` believes. */
export interface SignedRequest {
  readonly method: string
  readonly url: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A request under construction. */
interface Draft {
  readonly headers: Record<string, string>
  /** Set where a field of the body was written. */
  changed: boolean
}

/**
 * Signs a request as the vendor does: the other direction of `verify`, for tests and for sending webhooks.
 *
 * A body that holds its signature in a field is parsed and written anew; any other keeps its bytes.
 *
 * @throws {WebhookVerificationError} where the secret or the request cannot be used with the scheme.
 * @throws {InvalidRequestError} where a field has no place in the body.
 */
export function sign(
  scheme: SignatureScheme,
  request: Omit<WebhookRequest, 'headers'> & { readonly headers: Readonly<Record<string, string>> },
  options: SignOptions,
): SignedRequest {
  const keys = prepareKeys(scheme, options.secrets, privateForm)
  const runtime = systemRuntime()
  const nowMs = millisecondsOf(options.now ?? runtime.now())
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const draft: Draft = { headers, changed: false }
  const reading: Reading = { ...read(request), headers }
  if (scheme.kind === 'jwt') {
    const [key] = keys
    const settings = { now: nowMs, values: options.values, id: options.id ?? runtime.uuid() }
    if (key) headers[scheme.token.header] = scheme.engine.make(scheme, key, reading, settings)
  } else {
    const facts = { id: options.id ?? runtime.uuid(), nowMs, values: options.values }
    const items = scheme.items === undefined ? [reading] : itemsOf(scheme.items, reading)
    for (const item of items) signItem(scheme, keys, item, draft, facts)
  }
  const body = draft.changed ? Buffer.from(JSON.stringify(reading.root())) : reading.body
  return { method: reading.method, url: reading.url, headers, body }
}

function signItem(
  scheme: MessageScheme,
  keys: readonly Key[],
  reading: Reading,
  draft: Draft,
  { nowMs, values, ...given }: { id: string; nowMs: number; values: SignOptions['values'] },
): void {
  for (const { at, is, optional } of scheme.require ?? []) {
    if (!optional && is[0] !== undefined && textAt(reading, at) === undefined) put(at, is[0], reading, draft)
  }
  const id = scheme.id && (textAt(reading, scheme.id) ?? put(scheme.id, given.id, reading, draft))
  const stamp = scheme.timestamp && putTimestamp(scheme.timestamp, nowMs, reading, draft)
  for (const [name, value] of Object.entries(scheme.defaults ?? {})) draft.headers[name] ??= value
  const digested = scheme.bodyDigest !== undefined && textAt(reading, scheme.bodyDigest) !== undefined
  const content = contentOf(scheme.signed, reading, { id, timestamp: stamp, values, digested })
  const algorithm = algorithmOf(scheme, reading)
  const { prefix = '' } = scheme.signature
  const texts = keys.map(({ key }) => prefix + signatureOf(algorithm, scheme.encoding, key, content))
  putSignatures(scheme, texts, stamp, reading, draft)
  const [first] = keys
  if (scheme.keyId !== undefined && first?.id !== undefined) draft.headers[scheme.keyId] = first.id
}

function putTimestamp(
  { at, unit }: NonNullable<MessageScheme['timestamp']>,
  nowMs: number,
  reading: Reading,
  draft: Draft,
): string {
  const given = textAt(reading, at)
  if (given !== undefined) return given
  // Of several places the last: a body that is signed as a whole keeps its bytes.
  const source = 'length' in at ? at.at(-1) : at
  return source ? put(source, writeTimestamp(nowMs, unit), reading, draft) : ''
}

function put(source: Source, text: string, reading: Reading, draft: Draft): string {
  if ('field' in source) putField(source.field, text, reading, draft)
  if ('header' in source) {
    const name = typeof source.header === 'string' ? source.header : source.header[0]
    if (name !== undefined) draft.headers[name] = text
  }
  return text
}

function putField(path: string, text: string, reading: Reading, draft: Draft): void {
  const at = path.lastIndexOf('.')
  const parent = at < 0 ? reading.root() : fieldAt(reading.root(), path.slice(0, at))
  if (typeof parent !== 'object' || parent === null) {
    throw new InvalidRequestError(`The body is no JSON object with room for \`${path}\`.`)
  }
  Reflect.set(parent, path.slice(at + 1), text)
  draft.changed = true
}

function putSignatures(
  { signature, timestamp, vendor }: MessageScheme,
  texts: readonly string[],
  stamp: string | undefined,
  reading: Reading,
  draft: Draft,
): void {
  const { field, separator } = signature
  const names = headerNames(signature, texts.length)
  if (field !== undefined ? texts.length > 1 : separator === undefined && texts.length > names.length) {
    throw new InvalidRequestError(`A webhook of ${vendor} has no room for ${texts.length} signatures.`)
  }
  if (field !== undefined) {
    putField(field, texts[0] ?? '', reading, draft)
  } else if (separator !== undefined) {
    const at = timestamp?.at
    const entries = at && 'entry' in at ? [at.entry + stamp, ...texts] : texts
    draft.headers[names[0] ?? ''] = entries.join(separator)
  } else {
    for (const [index, text] of texts.entries()) draft.headers[names[index] ?? ''] = text
  }
}

function headerNames({ header = [], numbered, separator }: SignatureSource, count: number): readonly string[] {
  if (numbered !== undefined) return Array.from({ length: count }, (_, at) => `${numbered}${at + 1}`)
  return typeof header === 'string' ? [header] : separator === undefined ? header : header.slice(0, 1)
}
