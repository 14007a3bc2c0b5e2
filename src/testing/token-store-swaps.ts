import assert from 'node:assert/strict'
import type { TrialCase } from './token-store-trial.ts'

/** Text that no store gives as a version. */
const unknownVersion = 'no-such-version'

/** What compare-and-swap means, one call after the other. */
export const swapCases: readonly TrialCase[] = [
  [
    'has nothing under a key that was never written',
    async ({ key, find }) => {
      await find(key(), undefined)
    },
  ],
  [
    'gives back what was written last, with its version',
    async ({ store, key, win, find }) => {
      const first = await win(key(), undefined, 'first')
      await find(key(), 'first')
      const second = await win(key(), first, 'second')
      await find(key(), 'second')
      assert.equal((await store.get(key()))?.version, second, 'A read must give the version that the write gave.')
    },
  ],
  [
    'has nothing after a deletion, until it is written again',
    async ({ key, win, find }) => {
      await win(key(), await win(key(), undefined, 'first'), undefined)
      await find(key(), undefined)
      await win(key(), undefined, 'second')
      await find(key(), 'second')
    },
  ],
  [
    'creates only where nothing is there',
    async ({ key, win, refuse }) => {
      await win(key(), undefined, 'first')
      await refuse(key(), undefined, 'second', 'there is a value')
      await refuse(key(), undefined, 'first', 'there is a value, if an equal one')
    },
  ],
  [
    'writes only over the version that is there',
    async ({ key, win, refuse }) => {
      const first = await win(key(), undefined, 'first')
      await refuse(key(), unknownVersion, 'second', 'another version is there')
      const second = await win(key(), first, 'second')
      await refuse(key(), first, 'third', 'a newer version is there')
      await win(key(), second, 'third')
    },
  ],
  [
    'deletes only the version that is there',
    async ({ key, win, refuse }) => {
      const first = await win(key(), undefined, 'first')
      await refuse(key(), unknownVersion, undefined, 'another version is there')
      const second = await win(key(), first, 'second')
      await refuse(key(), first, undefined, 'a newer version is there')
      await refuse(key(), undefined, undefined, 'something is there')
      await win(key(), second, undefined)
    },
  ],
  [
    'refuses a version where nothing is there',
    async ({ key, win, refuse }) => {
      await refuse(key('new'), unknownVersion, 'value', 'nothing was ever there')
      await refuse(key('new'), unknownVersion, undefined, 'nothing was ever there')
      const first = await win(key(), undefined, 'first')
      const deleted = await win(key(), first, undefined)
      await refuse(key(), first, 'second', 'nothing is there any more')
      await refuse(key(), deleted, 'second', 'the version of a deletion is no version of a value')
      await refuse(key(), first, undefined, 'nothing is there any more')
    },
  ],
  [
    'deletes what is not there without complaint',
    async ({ key, win }) => {
      await win(key('new'), undefined, undefined)
      await win(key(), await win(key(), undefined, 'first'), undefined)
      await win(key(), undefined, undefined)
    },
  ],
  [
    'changes nothing when it refuses',
    async ({ store, key, win, find }) => {
      const version = await win(key(), undefined, 'first')
      for (const [expected, next] of [
        [undefined, 'second'],
        [unknownVersion, 'third'],
        [unknownVersion, undefined],
      ] as const) {
        // That it refuses is tried elsewhere.
        if ((await store.compareAndSwap(key(), expected, next)).ok) return
        await find(key(), 'first')
        assert.equal((await store.get(key()))?.version, version, 'A refused swap must not change the version.')
      }
    },
  ],
  [
    'gives no version twice, not even after a deletion',
    async ({ key, win }) => {
      const versions: string[] = []
      for (const round of ['a', 'b', 'c']) {
        const first = await win(key(), undefined, `${round}1`)
        const second = await win(key(), first, `${round}2`)
        versions.push(first, second)
        await win(key(), second, undefined)
      }
      assert.equal(new Set(versions).size, versions.length, `A version came twice: ${versions.join(', ')}.`)
    },
  ],
  [
    'refuses an old version although its value is back',
    async ({ key, win, refuse }) => {
      const first = await win(key(), undefined, 'one')
      const second = await win(key(), first, 'two')
      const third = await win(key(), second, 'one')
      await refuse(key(), first, 'three', 'two other values were there since')
      const same = await win(key(), third, 'one')
      await refuse(key(), third, 'three', 'the same value was written again since')
      await win(key(), same, 'three')
    },
  ],
]
