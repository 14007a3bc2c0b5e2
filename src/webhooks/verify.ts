import { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
import { systemRuntime } from '../runtime.ts'
import { checkBodyDigest, contentOf, coverageOf, type Facts } from './content.ts'
import { matches } from './digest.ts'
import { verifyToken } from './jwt.ts'
import { fits, prepareKeys, type Key, type WebhookSecret } from './keys.ts'
import { fieldAt, header, queryValue, read, refuse, textAt, type Reading, type WebhookRequest } from './request.ts'
import type { Algorithm, Covered, MessageScheme, SignatureScheme, SignatureSource } from './scheme.ts'
import { checkFresh, readTimestamp, type Now } from './timestamp.ts'
import { urlSpellings } from './url.ts'

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

/** A webhook is the vendor's own. */
export interface Verified {
  readonly ok: true
  /** The delivery's id. It is vouched for only if `covers` or a covered body holds it. */
  readonly id: string | undefined
  /** When it was signed. Milliseconds since the Unix epoch. */
  readonly timestamp: number | undefined
  /** Which of `secrets` matched. */
  readonly keyIndex: number
  /** What the signature vouches for; all else may have been changed on the way. */
  readonly covers: readonly Covered[]
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
  return verifier(scheme, options)(request)
}

/** Makes the secrets ready once, for an endpoint that verifies many webhooks. */
export function verifier(scheme: SignatureScheme, options: VerifyOptions): (request: WebhookRequest) => Verification {
  let keys: readonly Key[] | undefined
  const { now = systemRuntime().now } = options
  return function verifyRequest(request) {
    const reading = read(request)
    try {
      keys ??= prepareKeys(scheme, options.secrets)
      if (scheme.kind === 'jwt') return verifyToken(scheme, keys, reading, { ...options, now })
      return verifyMessage(scheme, keys, reading, { ...options, now })
    } catch (error) {
      if (error instanceof WebhookVerificationError) return { ok: false, reason: error.reason }
      throw error
    }
  }
}

function verifyMessage(
  scheme: MessageScheme,
  keys: readonly Key[],
  whole: Reading,
  options: VerifyOptions & { readonly now: Now },
): Verified {
  const [first] = itemsOf(scheme, whole).map((item) => verifyItem(scheme, keys, item, options))
  return first ?? refuse('missing-signature')
}

/** The straight line: find, put together, compare, look at the time. */
function verifyItem(
  scheme: MessageScheme,
  keys: readonly Key[],
  reading: Reading,
  { toleranceSeconds, now, values }: VerifyOptions & { readonly now: Now },
): Verified {
  checkRequirements(scheme, reading)
  const algorithm = algorithmOf(scheme, reading)
  const { signatures, entries } = findSignatures(scheme.signature, reading)
  const id = scheme.id && textAt(reading, scheme.id, entries)
  const stamp = scheme.timestamp && textAt(reading, scheme.timestamp.at, entries)
  if (scheme.timestamp && stamp === undefined && !scheme.timestamp.optional) refuse('missing-timestamp')
  const signedMs = scheme.timestamp && stamp !== undefined ? readTimestamp(stamp, scheme.timestamp.unit) : undefined
  const digested = checkBodyDigest(reading, scheme.bodyDigest && queryValue(reading, scheme.bodyDigest.query))

  const facts: Facts = { id, timestamp: stamp, digested, values }
  const spellings = scheme.urlForms === 'ports-and-query' ? urlSpellings(reading) : [undefined]
  const contents = spellings.map((url) => contentOf(scheme.signed, reading, { ...facts, url }))
  const keyName = scheme.keyId === undefined ? undefined : header(reading, scheme.keyId)
  const keyIndex = keys.findIndex(
    ({ key, id: named }) =>
      (keyName === undefined || named === undefined || keyName === named) &&
      fits(key, algorithm) &&
      contents.some((content) => matches(algorithm, scheme.encoding, key, content, signatures)),
  )
  if (keyIndex < 0) refuse('signature-mismatch')
  if (scheme.timestamp && signedMs !== undefined) {
    const tolerance = toleranceSeconds ?? scheme.timestamp.toleranceSeconds
    checkFresh(signedMs, scheme.timestamp.unit, tolerance, now)
  }
  return { ok: true, id, timestamp: signedMs, keyIndex, covers: coverageOf(scheme, digested) }
}

function checkRequirements(scheme: MessageScheme, reading: Reading): void {
  for (const { at, is, optional } of scheme.require ?? []) {
    const value = textAt(reading, at)
    if (value === undefined ? !optional : !is.includes(value)) refuse('unexpected-header')
  }
}

/** Tells which algorithm a request says it used, out of those that the vendor uses. */
export function algorithmOf({ algorithm }: MessageScheme, reading: Reading): Algorithm {
  if (typeof algorithm === 'string') return algorithm
  const name = textAt(reading, algorithm.at) ?? refuse('malformed-signature')
  const named = Object.entries(algorithm.of).find(([key]) => key === name)
  return named ? named[1] : refuse('malformed-signature')
}

/** How many signatures are compared; vendors send one for each active key. */
const maxSignatures = 10

function findSignatures(
  source: SignatureSource,
  reading: Reading,
): { readonly signatures: readonly string[]; readonly entries: readonly string[] } {
  const { separator, prefix = '' } = source
  const texts = signatureTexts(source, reading)
  if (texts.length === 0) refuse('missing-signature')
  const entries =
    separator === undefined ? texts : texts.flatMap((text) => text.split(separator).map((one) => one.trim()))
  const signatures = entries.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))
  if (signatures.length === 0 || signatures.includes('')) refuse('malformed-signature')
  if (signatures.length > maxSignatures) refuse('too-many-signatures')
  return { signatures, entries }
}

function signatureTexts({ header: names = [], numbered, field }: SignatureSource, reading: Reading): readonly string[] {
  const numbers = numbered === undefined ? [] : Array.from({ length: maxSignatures }, (_, at) => `${numbered}${at + 1}`)
  const headers = [...(typeof names === 'string' ? [names] : names), ...numbers].map((name) => header(reading, name))
  const texts = field === undefined ? headers : [fieldText(reading, field)]
  return texts.filter((text) => text !== undefined)
}

function fieldText(reading: Reading, field: string): string | undefined {
  const value = fieldAt(reading.root(), field)
  return typeof value === 'string' ? value : undefined
}

/** Gives the request once for each element that is signed by itself, or once as a whole. */
export function itemsOf({ items }: MessageScheme, reading: Reading): readonly Reading[] {
  if (items === undefined) return [reading]
  const [list = '', inner] = items.split('.*')
  const elements = fieldAt(reading.root(), list)
  if (elements === undefined) return [reading]
  if (!Array.isArray(elements) || elements.length > maxItems) return refuse('malformed-body')
  return elements.map((element: unknown) => {
    const root = inner ? fieldAt(element, inner.slice(1)) : element
    return { ...reading, root: () => root }
  })
}

/** How many separately signed elements a body may hold. */
const maxItems = 1000
