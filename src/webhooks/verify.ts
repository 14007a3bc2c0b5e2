import { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
import { fieldAt } from '../json-value.ts'
import { checkBodyDigest, contentOf, coverageOf } from './content.ts'
import { matches } from './digest.ts'
import { keyUrl } from './key-url.ts'
import { fits, prepareKeys, type WebhookSecret } from './keys.ts'
import type { Facts, Key, Now, Reading, Verified, WebhookRequest } from './reading.ts'
import { entriesAfter, headerOf, read, refuse, textAt, type Listing } from './request.ts'
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
  return judge(scheme, request, options, () => prepareKeys(scheme, options.secrets))
}

/** Makes the secrets ready once, with the first request, for an endpoint that verifies many webhooks. */
export function verifier(scheme: SignatureScheme, options: VerifyOptions): (request: WebhookRequest) => Verification {
  const settings = { ...options }
  let keys: readonly Key[] | undefined
  const keysOf = (): readonly Key[] => (keys ??= prepareKeys(scheme, settings.secrets))
  return (request) => judge(scheme, request, settings, keysOf)
}

function judge(
  scheme: SignatureScheme,
  request: WebhookRequest,
  settings: Settings,
  keysOf: () => readonly Key[],
): Verification {
  const reading = read(request)
  try {
    if (scheme.kind === 'jwt') return scheme.engine.verify(scheme, keysOf(), reading, settings)
    return verifyMessage(scheme, keysOf(), reading, settings)
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

function verifyMessage(scheme: MessageScheme, keys: readonly Key[], reading: Reading, settings: Settings): Verified {
  if (scheme.items === undefined) return verifyItem(scheme, keys, reading, settings)
  const [first] = itemsOf(scheme.items, reading).map((item) => verifyItem(scheme, keys, item, settings))
  return first ?? refuse('missing-signature')
}

/** The straight line: find, put together, compare, look at the time. */
function verifyItem(scheme: MessageScheme, keys: readonly Key[], reading: Reading, settings: Settings): Verified {
  if (scheme.require) checkRequirements(scheme.require, reading)
  if (scheme.keys) keyUrl(scheme.keys, reading)
  const listing: Listing = {
    texts: signatureTexts(scheme.signature, reading),
    separator: scheme.signature.separator,
  }
  const signatures = signaturesIn(listing, scheme.signature)
  const id = scheme.id && textAt(reading, scheme.id, listing)
  const timestamp = scheme.timestamp && textAt(reading, scheme.timestamp.at, listing)
  const signedMs = scheme.timestamp && timeOf(scheme.timestamp, timestamp)
  const digested = scheme.bodyDigest !== undefined && checkBodyDigest(reading, scheme.bodyDigest.query)
  const facts: Facts = { id, timestamp, digested, values: settings.values }
  const keyIndex = indexOfKey(scheme, keys, reading, facts, signatures)
  if (keyIndex < 0) refuse('signature-mismatch')
  if (scheme.timestamp && signedMs !== undefined) checkFresh(signedMs, scheme.timestamp, settings)
  return { ok: true, id, timestamp: signedMs, keyIndex, covers: coverageOf(scheme, digested) }
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
  if (typeof name === 'string') return onlyText(headerOf(reading, name))
  const names =
    numbered === undefined ? name : [...name, ...Array.from({ length: maxSignatures }, (_, at) => numbered + (at + 1))]
  let texts: readonly string[] = []
  for (const one of names) {
    const text = headerOf(reading, one)
    if (text !== undefined) texts = texts.length === 0 ? [text] : [...texts, text]
  }
  return texts
}

function onlyText(value: unknown): readonly string[] {
  return typeof value === 'string' ? [value] : []
}

function signaturesIn(listing: Listing, { prefix = '' }: SignatureSource): readonly string[] {
  if (listing.texts.length === 0) refuse('missing-signature')
  const signatures = entriesAfter(prefix, listing)
  if (!signatures.some(Boolean)) refuse('malformed-signature')
  return signatures.length > maxSignatures ? refuse('too-many-signatures') : signatures
}

function timeOf({ unit, optional }: TimestampSource, text: string | undefined): number | undefined {
  if (text === undefined) return optional ? undefined : refuse('missing-timestamp')
  return readTimestamp(text, unit)
}

/** Finds the key that made one of the signatures; -1 where none did. Loops, since callbacks cost 1 % of a verification. */
function indexOfKey(
  scheme: MessageScheme,
  keys: readonly Key[],
  reading: Reading,
  facts: Facts,
  signatures: readonly string[],
): number {
  const algorithm = algorithmOf(scheme, reading)
  // The URL may have been signed in one of several spellings.
  for (const url of scheme.spellings ? scheme.spellings(reading) : [undefined]) {
    const content = contentOf(scheme.signed, reading, url === undefined ? facts : { ...facts, url })
    let index = 0
    for (const key of keys) {
      // Keys were made ready for the one algorithm that most vendors have.
      const usable = isNamed(key, scheme, reading) && (scheme.algorithm === algorithm || fits(key.key, algorithm))
      if (usable && matches(algorithm, scheme.encoding, key.key, content, signatures)) return index
      index++
    }
  }
  return -1
}

/** Tells which algorithm a request says it used, out of those that the vendor uses. */
export function algorithmOf({ algorithm }: MessageScheme, reading: Reading): Algorithm {
  if (typeof algorithm === 'string') return algorithm
  const name = textAt(reading, algorithm.at) ?? ''
  return (Object.hasOwn(algorithm.of, name) && algorithm.of[name]) || refuse('malformed-signature')
}

/** Tells whether a key is the one that the request names; one without a name may be any. */
function isNamed({ id }: Key, { keyId }: MessageScheme, reading: Reading): boolean {
  return keyId === undefined || id === undefined || headerOf(reading, keyId) === id
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
