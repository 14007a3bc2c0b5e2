import { expect, it } from 'vitest'
import { createArrivals } from '../../../src/quota/windows/arrivals.ts'

/** An answer to the call that was charged as number `mark`, at 1 each. */
const call = (mark: number, remaining: number, cost = 1) => ({ mark, cost, remaining })

it('finds nothing where calls come in the order in which they were charged', () => {
  const arrivals = createArrivals()
  expect([call(1, 9), call(2, 8), call(3, 7)].map((each) => arrivals.overtaken(each, 3))).toEqual([0, 0, 0])
})

it('finds what came before a call though it was charged after it', () => {
  const arrivals = createArrivals()
  arrivals.overtaken(call(2, 9), 3)
  arrivals.overtaken(call(3, 8), 3)
  expect(arrivals.overtaken(call(1, 7), 3)).toBe(2)
})

it('takes off what came after a call though it was charged before it', () => {
  const arrivals = createArrivals()
  arrivals.overtaken(call(2, 4, 2), 5)
  expect(arrivals.overtaken(call(5, 6, 3), 5)).toBe(-2)
})

it('does not compare a call with what was answered before it was charged', () => {
  const arrivals = createArrivals()
  arrivals.overtaken(call(1, 4), 1)
  // Here the vendor gave more back.
  expect(arrivals.overtaken(call(2, 6), 2)).toBe(0)
})

it('forgets all with the window, and the oldest of very many', () => {
  const arrivals = createArrivals()
  arrivals.overtaken(call(1000, 5000), 2000)
  arrivals.clear()
  expect(arrivals.overtaken(call(1, 1), 2000)).toBe(0)
  for (let mark = 2; mark < 300; mark++) arrivals.overtaken(call(mark, 5000 - mark), 2000)
  expect(arrivals.overtaken(call(1, 1), 2000)).toBe(256)
})
