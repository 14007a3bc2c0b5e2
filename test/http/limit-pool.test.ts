import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLimitPool } from '../../src/http/limit-pool.ts'
import { manualClock } from '../quota/clock.ts'

const plan = fc.array(
  fc.record({
    setAtMs: fc.nat(50),
    ms: fc.integer({ min: 0, max: 60 }),
    takenBackAfterMs: fc.option(fc.nat(80), { nil: undefined }),
  }),
  { maxLength: 12 },
)

it('ends each at its own moment, unless it was taken back, on one timer that is gone with the last of them', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (limits) => {
      const clock = manualClock()
      const pool = createLimitPool(clock.runtime)
      const began = clock.now
      const ended = new Map<number, number>()
      let left = 0
      for (let at = 0; at <= 150; at++) {
        for (const [index, { setAtMs, ms, takenBackAfterMs = Infinity }] of limits.entries()) {
          if (setAtMs !== at) continue
          left++
          const takeBack = pool.limit(ms, () => {
            left--
            ended.set(index, clock.now - began)
          })
          if (takenBackAfterMs >= ms) continue
          void clock.runtime.sleep(takenBackAfterMs).then(() => {
            left--
            takeBack()
            takeBack()
          })
        }
        const sleeps = limits.filter(({ setAtMs, ms, takenBackAfterMs = Infinity }) => {
          return takenBackAfterMs < ms && setAtMs <= at && setAtMs + takenBackAfterMs > at
        })
        await clock.pass(0)
        expect(clock.pending - sleeps.length).toBe(left > 0 ? 1 : 0)
        await clock.pass(1)
      }
      const due = limits.map(({ setAtMs, ms, takenBackAfterMs = Infinity }) =>
        takenBackAfterMs < ms ? undefined : setAtMs + ms,
      )
      expect(limits.map((_, index) => ended.get(index))).toEqual(due)
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 100 },
  )
})

it('ends those of one moment in the order in which they were set, even where one of them sets another', async () => {
  const clock = manualClock()
  const pool = createLimitPool(clock.runtime)
  const ended: string[] = []
  pool.limit(10, () => {
    ended.push('first')
    pool.limit(5, () => ended.push('later'))
  })
  pool.limit(10, () => ended.push('second'))
  await clock.pass(20)
  expect(ended).toEqual(['first', 'second', 'later'])
})

it('does not end one whose end another has taken back', async () => {
  const clock = manualClock()
  const pool = createLimitPool(clock.runtime)
  const ended: string[] = []
  let takeBack = (): void => {}
  pool.limit(10, () => {
    ended.push('first')
    takeBack()
  })
  takeBack = pool.limit(10, () => ended.push('second'))
  await clock.pass(20)
  expect(ended).toEqual(['first'])
})

it('ends the others too where one throws', async () => {
  const clock = manualClock()
  const pool = createLimitPool(clock.runtime)
  const ended: string[] = []
  pool.limit(10, () => {
    throw new Error('The end of this one is broken.')
  })
  pool.limit(10, () => ended.push('second'))
  await expect(clock.pass(10)).rejects.toThrow('broken')
  await clock.pass(1)
  expect([ended, clock.pending]).toEqual([['second'], 0])
})
