import type { JsonWebKey } from 'node:crypto'
import type { Send } from '../http/policy.ts'
import { bodyText, isSuccess } from '../http/response.ts'
import { systemRuntime, type Runtime } from '../runtime.ts'
import { keyUrl } from './key-url.ts'
import type { WebhookSecret } from './keys.ts'
import type { WebhookRequest } from './reading.ts'
import { read, refuse } from './request.ts'
import type { SignatureScheme } from './scheme.ts'
import { refusalOf, verify, type Verification, type VerifyOptions } from './verify.ts'

/** Which key a webhook says it was signed with. The address, if there is one, is the vendor's own. */
export interface KeyReference {
  readonly url?: string | undefined
  readonly kid?: string | undefined
}

/** Finds the keys that a webhook refers to. Rejects where it cannot. */
export type KeyLookup = (reference: KeyReference) => Promise<readonly WebhookSecret[]>

/**
 * Verifies with keys that the vendor publishes: PayPal, SNS, Plaid, Google, Atlassian.
 *
 * @throws {WebhookVerificationError} with `body-not-raw` where the body was parsed already.
 */
export async function verifyWithKeys(
  scheme: SignatureScheme,
  request: WebhookRequest,
  options: Omit<VerifyOptions, 'secrets'> & { readonly keys: KeyLookup },
): Promise<Verification> {
  const { keys, ...rest } = options
  let reference: KeyReference
  try {
    reference = keyReference(scheme, request)
  } catch (error) {
    return refusalOf(error)
  }
  const secrets = await keys(reference).catch(() => [])
  if (secrets.length === 0) return { ok: false, reason: 'key-unavailable' }
  return verify(scheme, request, { ...rest, secrets })
}

/**
 * Tells which key a webhook refers to, and refuses an address that is not the vendor's.
 *
 * @throws {WebhookVerificationError} where the request names none, or one that is not to be trusted.
 */
export function keyReference(scheme: SignatureScheme, request: WebhookRequest): KeyReference {
  const reading = read(request)
  const { keys } = scheme
  if (keys && 'at' in keys) return { url: keyUrl(keys, reading) ?? refuse('untrusted-key') }
  const kid = scheme.kind === 'jwt' ? scheme.engine.kid(scheme, reading) : undefined
  // It becomes part of an address: nothing that leads elsewhere.
  if (kid === undefined || !/^\w[\w.-]{0,127}$/.test(kid)) return refuse('untrusted-key')
  if (!keys) return { kid }
  return 'jwks' in keys ? { url: keys.jwks, kid } : { url: keys.pem + kid }
}

/** Options of {@link remoteKeys}. */
export interface RemoteKeysOptions {
  /** Fetches. A redirect is not followed. */
  readonly send: Send
  /** How long a key is kept. Milliseconds. @default 6 hours */
  readonly keepMs?: number
  /** How long to wait before an address is asked again that failed or did not have the key. Milliseconds. @default 60_000 */
  readonly retryMs?: number
  /** How long a fetch may take. Milliseconds. @default 5_000 */
  readonly timeoutMs?: number
  readonly runtime?: Runtime
}

interface Entry {
  readonly at: number
  readonly keys: Promise<readonly WebhookSecret[]>
}

/** Vendors use a handful of addresses; an attacker could name many. */
const maxEntries = 50

/** Fetches certificates and JWKS. Keys are kept, and one fetch serves all who wait for the same address. */
export function remoteKeys(options: RemoteKeysOptions): KeyLookup {
  const { send, keepMs = 6 * 3_600_000, retryMs = 60_000, timeoutMs = 5_000, runtime = systemRuntime() } = options
  const entries = new Map<string, Entry>()

  function keep(url: string): Entry {
    const entry = { at: runtime.now(), keys: fetchKeys(url) }
    entry.keys.catch(() => undefined)
    entries.delete(url)
    entries.set(url, entry)
    const [oldest] = entries.keys()
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
    return entry
  }

  async function fetchKeys(url: string): Promise<readonly WebhookSecret[]> {
    const controller = new AbortController()
    const cancel = runtime.limit(timeoutMs, () => controller.abort())
    try {
      const response = await send({
        method: 'GET',
        url,
        headers: {},
        operation: 'GET webhook keys',
        idempotent: true,
        signal: controller.signal,
        maxResponseBytes: 256 * 1024,
      })
      return isSuccess(response.status) ? parseKeys(bodyText(response)) : refuse('key-unavailable')
    } finally {
      cancel()
    }
  }

  return async function lookUp({ url, kid }) {
    if (url === undefined) return refuse('key-unavailable')
    let entry = entries.get(url) ?? keep(url)
    for (;;) {
      const ageMs = runtime.now() - entry.at
      const keys = await entry.keys.catch(() => [])
      const found = kid === undefined ? keys : keys.filter((key) => Reflect.get(Object(key), 'kid') === kid)
      if (ageMs < (found.length > 0 ? keepMs : retryMs)) return found
      // Another caller may have asked anew in the meantime.
      const current = entries.get(url)
      entry = current && current !== entry ? current : keep(url)
    }
  }
}

function parseKeys(text: string): readonly WebhookSecret[] {
  if (text.includes('-----BEGIN')) return [text]
  const { keys }: { keys?: unknown } = Object(JSON.parse(text))
  return Array.isArray(keys) ? keys.filter(isJwk) : []
}

function isJwk(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}
