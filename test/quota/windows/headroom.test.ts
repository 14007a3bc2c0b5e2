import { expect, it } from 'vitest'
import { createHeadroom } from '../../../src/quota/windows/headroom.ts'

it('gives back all of a cost where nothing is known', () => {
  expect(createHeadroom().giveBack(5, 1)).toBe(5)
})

it('gives back what was charged before no further than what was known after it', () => {
  const headroom = createHeadroom()
  headroom.note(10, 3)
  expect(headroom.giveBack(2, 10)).toBe(2)
  expect(headroom.giveBack(2, 5)).toBe(1)
  expect(headroom.giveBack(2, 5)).toBe(0)
  expect(headroom.giveBack(2, 11)).toBe(2)
})

it('goes by the least that was known since', () => {
  const headroom = createHeadroom()
  headroom.note(10, 1)
  headroom.note(20, 4)
  expect(headroom.giveBack(3, 15)).toBe(3)
  expect(headroom.giveBack(3, 5)).toBe(1)
  headroom.note(30, 0)
  expect(headroom.giveBack(3, 15)).toBe(0)
})

it('takes in what is noted late', () => {
  const headroom = createHeadroom()
  headroom.note(20, 4)
  headroom.note(10, 2)
  expect(headroom.giveBack(9, 15)).toBe(4)
  expect(headroom.giveBack(9, 5)).toBe(0)
})

it('keeps what was known before above a count that falls', () => {
  const headroom = createHeadroom()
  headroom.note(20, 1)
  expect(headroom.adopt(4, 6, 10, false)).toBe(4)
  expect(headroom.giveBack(9, 15)).toBe(3)
})

it('goes on with more than it counted only where that is the whole truth', () => {
  const headroom = createHeadroom()
  expect(headroom.adopt(8, 5, 10, false)).toBe(5)
  expect(headroom.giveBack(9, 10)).toBe(3)
  expect(headroom.adopt(9, 8, 11, true)).toBe(9)
  expect(headroom.giveBack(9, 11)).toBe(0)
})

it('stays small, and errs on the side of less', () => {
  const headroom = createHeadroom()
  for (let mark = 0; mark < 1000; mark++) headroom.note(mark, mark)
  expect(headroom.giveBack(2000, 999)).toBeLessThanOrEqual(999)
  expect(headroom.giveBack(2000, 1000)).toBe(2000)
})
