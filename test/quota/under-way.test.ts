import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLane } from '../../src/quota/lane.ts'
import { charge } from '../../src/quota/permit.ts'
import { createUnderWay } from '../../src/quota/under-way.ts'

const lane = createLane({ connection: 'one', key: '', ofObject: false, weight: 1, order: 0 }, [])

it('holds what a set would, in its order, whoever is over first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4)), (steps) => {
      const permits = Array.from({ length: 5 }, () => charge(lane, 1, 0))
      const set = new Set<number>()
      const underWay = createUnderWay()
      for (const at of steps) {
        const permit = permits[at]
        if (!permit) continue
        if (set.delete(at)) underWay.delete(permit)
        else {
          set.add(at)
          underWay.add(permit)
        }
        expect([...underWay].map((each) => permits.indexOf(each))).toEqual([...set])
      }
    }),
  )
})

it('leaves a call alone that is not under way, and keeps no neighbour of one that is over', () => {
  const [first, second, other] = [charge(lane, 1, 0), charge(lane, 1, 0), charge(lane, 1, 0)]
  const underWay = createUnderWay()
  underWay.add(first)
  underWay.add(second)
  underWay.delete(other)
  underWay.delete(first)
  underWay.delete(first)
  expect([...underWay].length).toBe(1)
  expect(first.after).toBeUndefined()
})
