import assert from 'node:assert/strict'
import type { Swapped, TokenStore } from 'hawser'
import type { TrialCase } from './token-store-trial.ts'

const writers = 16
const numbers: readonly number[] = Array.from({ length: writers }, (_, at) => at)

/** Swaps at once, and gives the version of the only one that may win. */
async function onlyWinner(store: TokenStore, key: string, swaps: readonly Swap[]): Promise<string | undefined> {
  const outcomes = await Promise.all(swaps.map(async ([expected, next]) => store.compareAndSwap(key, expected, next)))
  const won = outcomes.filter(hasWon)
  assert.equal(won.length, 1, `${won.length} of ${swaps.length} swaps at the same time succeeded, instead of one.`)
  return won[0]?.version
}

type Swap = readonly [expected: string | undefined, next: string | undefined]

function hasWon(outcome: Swapped): outcome is Extract<Swapped, { ok: true }> {
  return outcome.ok
}

/** Lets all go on that can. */
async function turn(): Promise<void> {
  await new Promise(setImmediate)
}

/** What happens when many come at once. */
export const raceCases: readonly TrialCase[] = [
  [
    'lets one of many writes win',
    async ({ store, key, win }) => {
      let version = await win(key(), undefined, 'start')
      for (const round of ['a', 'b', 'c']) {
        const winner = await onlyWinner(
          store,
          key(),
          numbers.map((at) => [version, `${round}${at}`] as const),
        )
        version = await win(key(), winner, round)
      }
    },
  ],
  [
    'lets one of many creations win',
    async ({ store, key, win }) => {
      for (const round of ['a', 'b', 'c']) {
        const winner = await onlyWinner(
          store,
          key(),
          numbers.map((at) => [undefined, `${round}${at}`] as const),
        )
        // The second and third time the place is one that was left by a deletion.
        await win(key(), winner, undefined)
      }
    },
  ],
  [
    'lets a deletion or a write win, never both',
    async ({ store, key, win }) => {
      for (const deletion of [0, 1, writers - 1]) {
        const version = await win(key(String(deletion)), undefined, 'start')
        const next = (at: number): string | undefined => (at === deletion ? undefined : String(at))
        await onlyWinner(
          store,
          key(String(deletion)),
          numbers.map((at) => [version, next(at)] as const),
        )
      }
    },
  ],
  [
    'lets all win who write under keys of their own',
    async ({ key, win, find }) => {
      await Promise.all(numbers.map(async (at) => win(key(`own-${at}`), undefined, `value-${at}`)))
      for (const at of numbers) await find(key(`own-${at}`), `value-${at}`)
    },
  ],
  [
    'gives value and version of one write, also while another is under way',
    async ({ store, key, win }) => {
      const written = new Map<string, string>()
      const read: { readonly version: string; readonly value: string }[] = []
      let version = await win(key(), undefined, '0'.repeat(5000))
      written.set(version, '0')
      const writing = new AbortController()
      const reading = Promise.all(
        [1, 2, 3].map(async () => {
          while (!writing.signal.aborted) {
            const found = await store.get(key())
            assert.ok(found, 'A read found nothing while the value was replaced.')
            read.push(found)
            await turn()
          }
        }),
      )
      // The rejection is awaited below; until then it must not count as unhandled.
      reading.catch(() => {})
      try {
        for (const at of numbers) {
          const digit = String(at % 10)
          version = await win(key(), version, digit.repeat(5000))
          written.set(version, digit)
          await turn()
        }
      } finally {
        writing.abort()
      }
      await reading
      for (const found of read) {
        const digit = written.get(found.version)
        assert.ok(digit !== undefined, 'A read gave a version that no write gave.')
        assert.ok(found.value === digit.repeat(5000), 'A read gave the version of one write and the value of another.')
      }
    },
  ],
]
