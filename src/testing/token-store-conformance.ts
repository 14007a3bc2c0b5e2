import { systemRuntime, type TokenStore } from 'hawser'
import { keyCases } from './token-store-keys.ts'
import { raceCases } from './token-store-races.ts'
import { swapCases } from './token-store-swaps.ts'
import { storeTrial, type TrialCase } from './token-store-trial.ts'
import { reopenCases, valueCases } from './token-store-values.ts'

/** One behaviour that a store must have. */
export interface ConformanceCase {
  /** A sentence, such as `lets one of many swaps win`. */
  readonly name: string
  /** Rejects with an `AssertionError` where the store behaves otherwise. Needs no `this`. */
  readonly run: () => Promise<void>
}

/** Options of {@link tokenStoreConformance}. */
export interface TokenStoreConformanceOptions {
  /** Opens anew what a store has kept, as the next process would. Without it durability is not tried. */
  readonly reopen?: (store: TokenStore) => TokenStore | Promise<TokenStore>
}

/**
 * Gives the cases that every `TokenStore` must pass, for any test framework:
 *
 *     for (const { name, run } of tokenStoreConformance(() => memoryTokenStore())) it(name, run)
 *
 * Each case asks for a store of its own and uses keys that no other case and no other run uses, so that all of them may be the
 * same database.
 */
export function tokenStoreConformance(
  makeStore: () => TokenStore | Promise<TokenStore>,
  options: TokenStoreConformanceOptions = {},
): readonly ConformanceCase[] {
  const { reopen } = options
  const runtime = systemRuntime()
  const cases: readonly TrialCase[] = [...swapCases, ...raceCases, ...keyCases, ...valueCases]
  const durable = reopen ? reopenCases(reopen) : []
  return [...cases, ...durable].map(([name, trial]) => ({
    name,
    run: async () => trial(storeTrial(await makeStore(), runtime.uuid())),
  }))
}
