import {
  ConfigurationError,
  TokenStoreError,
  checkOptions,
  isHawserError,
  type TokenStore,
  type TokenStoreFailure,
} from 'hawser'
import type { Keyring } from './keyring.ts'
import { readSeal, seal, unseal } from './seal.ts'

/** How far a sweep has come: a plain value, to be kept and handed to the next one. */
export interface ResealReport {
  /** Whether the list of keys was read to its end. */
  readonly complete: boolean
  /** The last key that is done with: list those that come after it, and give this report as `from`. */
  readonly cursor?: string | undefined
  /** How many records were sealed anew. */
  readonly resealed: number
  /** How many records were found under each key's name. */
  readonly found: Readonly<Record<string, number>>
  /** How many records are left under each key's name. */
  readonly left: Readonly<Record<string, number>>
  /** How many records could not be opened or reached, by the reason. */
  readonly failed: Readonly<Partial<Record<TokenStoreFailure, number>>>
  /** The first hundred of them. */
  readonly failedKeys: readonly string[]
  /**
   * The keys that may leave the keyring: a whole sweep found nothing under their name, and nothing that might be under it. So
   * there is none after the sweep that does the work, and the next one confirms it.
   */
  readonly retirable: readonly string[]
}

/** Options of {@link reseal}. */
export interface ResealOptions {
  /** The report of a sweep that was ended early, to go on with its counts. */
  readonly from?: ResealReport
  /** Ends the sweep early, after the record that it is at. */
  readonly signal?: AbortSignal
}

const maxFailedKeys = 100
// Whoever wins the race for a record has most likely sealed it with the new key.
const maxTries = 10

/**
 * Seals what is under an older key with the primary one. `store` is the one beneath `sealed`. It may be ended at any time, and
 * a record that is written meanwhile keeps what was written.
 *
 * @throws {ConfigurationError} where the report to go on from is complete, or jose is not installed
 */
export async function reseal(
  store: TokenStore,
  keyring: Keyring,
  keys: AsyncIterable<string> | Iterable<string>,
  options: ResealOptions = {},
): Promise<ResealReport> {
  checkOptions('reseal', options, ['from', 'signal'])
  const { from, signal } = options
  if (from?.complete) throw new ConfigurationError('`reseal.from` is complete: start a new sweep, without it.')
  const found = new Map(Object.entries(from?.found ?? {}))
  const left = new Map(Object.entries(from?.left ?? {}))
  const failed = new Map(Object.entries(from?.failed ?? {}))
  const failedKeys = [...(from?.failedKeys ?? [])]
  let { cursor, resealed = 0 } = from ?? {}
  let complete = true

  /** Seals one record anew, and counts under which key it was found and is left. */
  async function sweep(key: string): Promise<void> {
    let kid: string | undefined
    try {
      for (let tries = 0; kid !== keyring.primary && tries < maxTries; tries++) {
        const stored = await store.get(key)
        if (!stored) return
        ;({ kid } = readSeal(key, stored.value))
        if (tries === 0) count(found, kid)
        // Opened also where there is nothing to do: a sweep says what does not open.
        const text = await unseal(keyring, key, stored.value)
        if (kid === keyring.primary) break
        const anew = await seal(keyring, key, text)
        const { ok } = await store.compareAndSwap(key, stored.version, anew)
        if (!ok) continue
        kid = keyring.primary
        resealed++
      }
    } catch (error) {
      if (isHawserError(error) && !(error instanceof TokenStoreError)) throw error
      count(failed, error instanceof TokenStoreError ? error.reason : 'unavailable')
      if (failedKeys.length < maxFailedKeys) failedKeys.push(key)
    }
    if (kid !== undefined) count(left, kid)
  }

  for await (const key of keys) {
    complete = !signal?.aborted
    if (!complete) break
    await sweep(key)
    cursor = key
  }
  // What could not be opened may be under any key, but where it is known to need none of these.
  const sure = complete && [...failed.keys()].every((reason) => reason === 'unknown-key' || reason === 'not-sealed')
  return {
    complete,
    cursor,
    resealed,
    found: Object.fromEntries(found),
    left: Object.fromEntries(left),
    failed: Object.fromEntries(failed),
    failedKeys,
    retirable: sure ? keyring.kids.filter((kid) => kid !== keyring.primary && !found.has(kid)) : [],
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
