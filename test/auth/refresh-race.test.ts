import { expect, it } from 'vitest'
import type { Cell } from '../../bench/refresh-race/cell.ts'
import { race } from '../../bench/refresh-race/race.ts'

// Real processes over a file store; what counts is counted, and no figure depends on how fast they run.
const base = { accessTokenMs: 500, durationMs: 3000, processes: 4, callers: 3, leaseMs: 5000, seed: 3 }
const raced = (cell: Partial<Cell> & Pick<Cell, 'rotation'>): ReturnType<typeof race> => race({ ...base, ...cell })
const timeoutMs = 120_000

it(
  'S21: refreshes a strict vendor’s token once at a time, though processes stand still meanwhile',
  { timeout: timeoutMs },
  async () => {
    const outcome = await raced({ rotation: 'strict', pauses: true })
    expect(outcome).toMatchObject({ reuse: 0, maxParallel: 1, ended: 0, reauthorize: 0, alive: true, failed: {} })
    expect(outcome.refreshes).toBeGreaterThan(2)
  },
)

it('survives lost and slow answers where a used token may come again', { timeout: timeoutMs }, async () => {
  const outcome = await raced({ rotation: 'until-first-use', lost: 0.3, slow: 0.2 })
  expect(outcome).toMatchObject({ ended: 0, reauthorize: 0, alive: true })
})

it(
  'survives processes that die between the answer and the store where a used token may come again',
  { timeout: timeoutMs },
  async () => {
    const outcome = await raced({
      rotation: { kind: 'grace', graceMs: 30_000 },
      crash: 0.3,
      leaseMs: 2000,
      durationMs: 5000,
    })
    expect(outcome).toMatchObject({ ended: 0, reauthorize: 0, alive: true })
    expect(outcome.crashes).toBeGreaterThan(0)
  },
)

it(
  'S31: tells the end of a connection once where a strict vendor’s answer was lost, and asks no further',
  { timeout: timeoutMs },
  async () => {
    const outcome = await raced({ rotation: 'strict', crash: 1, leaseMs: 4000 })
    expect(outcome).toMatchObject({ ended: 1, alive: false })
    expect(outcome.reauthorize).toBeGreaterThan(1)
    expect(outcome.requestsAfterEnd).toBeLessThanOrEqual(1)
  },
)
