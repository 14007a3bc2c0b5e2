import { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
import { fieldAt } from '../json-value.ts'
import { systemNow } from '../runtime.ts'
import { checkBodyDigest, contentOf, coverageOf } from './content.ts'
import { matches } from './digest.ts'
import { fits, prepareKeys, type WebhookSecret } from './keys.ts'
import type { Chunk, Covered, Facts, Key, Now, Reading, Verified, WebhookRequest } from './reading.ts'
import { entriesAfter, read, refuse, textAt, type Listing } from './request.ts'
import type {
  Algorithm,
  MessageScheme,
  Requirement,
  Settings,
  SignatureScheme,
  SignatureSource,
  TimestampSource,
} from './scheme.ts'
import { checkFresh, readTimestamp } from './timestamp.ts'

/** What is needed to tell a true webhook from a forged one. */
export interface VerifyOptions {
  /** All that are in force, at most 10: the old and the new one while a secret is changed. */
  readonly secrets: readonly WebhookSecret[]
  /** How far the signed time may be from now, in both directions. Seconds; `Infinity` turns the check off. @default the scheme's */
  readonly toleranceSeconds?: number | undefined
  /** Milliseconds since the Unix epoch. @default the present */
  readonly now?: Now | undefined
  /** What was signed and is not sent: PayPal's `webhookId`, an `audience`, Atlassian's `basePath`. */
  readonly values?: Readonly<Record<string, string>> | undefined
}

/** A webhook is not believed. */
export interface Refused {
  readonly ok: false
  readonly reason: WebhookFailure
}

/** What verifying comes to. */
export type Verification = Verified | Refused

/**
 * Tells whether a webhook is the vendor's own. Never throws on anything that a sender can send.
 *
 * @throws {WebhookVerificationError} with `body-not-raw` where the body was parsed already.
 */
export function verify(scheme: SignatureScheme, request: WebhookRequest, options: VerifyOptions): Verification {
  return judge(endpointOf(scheme, options), request)
}

/** Makes the secrets ready once, for an endpoint that verifies many webhooks. */
export function verifier(scheme: SignatureScheme, options: VerifyOptions): (request: WebhookRequest) => Verification {
  const endpoint = endpointOf(scheme, options)
  return (request) => judge(endpoint, request)
}

/** What is the same for every request. */
interface Endpoint extends Settings {
  readonly scheme: SignatureScheme
  readonly secrets: VerifyOptions['secrets']
  /** What a signature of the scheme vouches for. */
  readonly covers: readonly Covered[]
  /** Made ready with the first request. */
  keys: readonly Key[] | undefined
}

function endpointOf(
  scheme: SignatureScheme,
  { secrets, toleranceSeconds, values, now = systemNow }: VerifyOptions,
): Endpoint {
  const covers = scheme.kind === 'message' ? coverageOf(scheme, false) : []
  return { scheme, secrets, toleranceSeconds, values, now, covers, keys: undefined }
}

function judge(endpoint: Endpoint, request: WebhookRequest): Verification {
  const { scheme } = endpoint
  const reading = read(request)
  try {
    const keys = (endpoint.keys ??= prepareKeys(scheme, endpoint.secrets))
    if (scheme.kind === 'jwt') return scheme.engine.verify(scheme, keys, reading, endpoint)
    return verifyMessage(scheme, keys, reading, endpoint)
  } catch (error) {
    return refusalOf(error)
  }
}

/** Turns a refusal into a value, and passes on what is the program's own fault. */
export function refusalOf(error: unknown): Refused {
  if (error instanceof WebhookVerificationError && error.reason !== 'body-not-raw') {
    return { ok: false, reason: error.reason }
  }
  throw error
}

function verifyMessage(scheme: MessageScheme, keys: readonly Key[], reading: Reading, endpoint: Endpoint): Verified {
  if (scheme.items === undefined) return verifyItem(scheme, keys, reading, endpoint)
  const [first] = itemsOf(scheme.items, reading).map((item) => verifyItem(scheme, keys, item, endpoint))
  return first ?? refuse('missing-signature')
}

/** The straight line: find, put together, compare, look at the time. */
function verifyItem(scheme: MessageScheme, keys: readonly Key[], reading: Reading, endpoint: Endpoint): Verified {
  if (scheme.require) checkRequirements(scheme.require, reading)
  const listing: Listing = {
    texts: signatureTexts(scheme.signature, reading),
    separator: scheme.signature.separator,
  }
  const signatures = signaturesIn(listing, scheme.signature)
  const id = scheme.id && textAt(reading, scheme.id, listing)
  const timestamp = scheme.timestamp && textAt(reading, scheme.timestamp.at, listing)
  const signedMs = scheme.timestamp && timeOf(scheme.timestamp, timestamp)
  const digested = scheme.bodyDigest !== undefined && checkBodyDigest(reading, scheme.bodyDigest.query)
  const facts: Facts = { id, timestamp, digested, values: endpoint.values }
  const contents = contentsOf(scheme, reading, facts)
  const keyIndex = indexOfKey(scheme, keys, reading, contents, signatures)
  if (keyIndex < 0) refuse('signature-mismatch')
  if (scheme.timestamp && signedMs !== undefined) {
    const { unit, toleranceSeconds } = scheme.timestamp
    checkFresh(signedMs, unit, endpoint.toleranceSeconds ?? toleranceSeconds, endpoint.now)
  }
  const covers = digested ? coverageOf(scheme, true) : endpoint.covers
  return { ok: true, id, timestamp: signedMs, keyIndex, covers }
}

function checkRequirements(requirements: readonly Requirement[], reading: Reading): void {
  for (const { at, is, optional } of requirements) {
    const value = textAt(reading, at)
    if (value === undefined ? !optional : !is.includes(value)) refuse('unexpected-value')
  }
}

/** How many signatures are compared; vendors send one for each active key. */
const maxSignatures = 10

function signatureTexts({ header: name = [], numbered, field }: SignatureSource, reading: Reading): readonly string[] {
  if (field !== undefined) return onlyText(fieldAt(reading.root(), field))
  if (typeof name === 'string') return onlyText(reading.header(name))
  const names =
    numbered === undefined ? name : [...name, ...Array.from({ length: maxSignatures }, (_, at) => numbered + (at + 1))]
  return names.map((one) => reading.header(one)).filter((text) => text !== undefined)
}

function onlyText(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : []
}

function signaturesIn(listing: Listing, { prefix = '' }: SignatureSource): readonly string[] {
  if (listing.texts.length === 0) refuse('missing-signature')
  const signatures = entriesAfter(prefix, listing)
  if (signatures.length === 0 || signatures.includes('')) refuse('malformed-signature')
  return signatures.length > maxSignatures ? refuse('too-many-signatures') : signatures
}

function timeOf({ unit, optional }: TimestampSource, text: string | undefined): number | undefined {
  if (text === undefined) return optional ? undefined : refuse('missing-timestamp')
  return readTimestamp(text, unit)
}

/** Gives the signed content, or the several that it may be where the URL has several spellings. */
function contentsOf(scheme: MessageScheme, reading: Reading, facts: Facts): readonly (readonly Chunk[])[] {
  if (!scheme.spellings) return [contentOf(scheme.signed, reading, facts)]
  return scheme.spellings(reading).map((url) => contentOf(scheme.signed, reading, { ...facts, url }))
}

/** Finds the key that made one of the signatures; -1 where none did. Loops, since callbacks cost 1 % of a verification. */
function indexOfKey(
  scheme: MessageScheme,
  keys: readonly Key[],
  reading: Reading,
  contents: readonly (readonly Chunk[])[],
  signatures: readonly string[],
): number {
  const algorithm = algorithmOf(scheme, reading)
  let index = 0
  for (const key of keys) {
    if (isNamed(key, scheme, reading) && fits(key.key, algorithm)) {
      for (const content of contents)
        if (matches(algorithm, scheme.encoding, key.key, content, signatures)) return index
    }
    index++
  }
  return -1
}

/** Tells which algorithm a request says it used, out of those that the vendor uses. */
export function algorithmOf({ algorithm }: MessageScheme, reading: Reading): Algorithm {
  if (typeof algorithm === 'string') return algorithm
  const name = textAt(reading, algorithm.at)
  const named = Object.entries(algorithm.of).find(([key]) => key === name)
  return named ? named[1] : refuse('malformed-signature')
}

/** Tells whether a key is the one that the request names, as far as both have a name. */
function isNamed({ id }: Key, { keyId }: MessageScheme, reading: Reading): boolean {
  if (keyId === undefined || id === undefined) return true
  const name = reading.header(keyId)
  return name === undefined || name === id
}

/** Gives the request once for each element that is signed by itself; a body without such a list is itself the one. */
export function itemsOf(items: string, reading: Reading): readonly Reading[] {
  const [list = '', inner = ''] = items.split('.*')
  const elements = fieldAt(reading.root(), list)
  if (elements === undefined) return [reading]
  if (!Array.isArray(elements)) return refuse('malformed-body')
  return elements.map((element: unknown) => {
    const root = inner ? fieldAt(element, inner.slice(1)) : element
    return { ...reading, root: () => root }
  })
}
