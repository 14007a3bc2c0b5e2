import { expect, it } from 'vitest'
import { shownDate } from '../../src/auth/shown-date.ts'
import { response } from '../support/stub.ts'

const date = 'Tue, 20 Apr 2021 02:07:55 GMT'
const at = Date.parse(date)
const minute = 60_000
const exchange = { url: 'https://vendor.test/', sentAt: at - 100, receivedAt: at + 100 }

it('gives the date of an answer, and of one whose clock is off by less than a day', () => {
  expect(shownDate(response(200, { date }), exchange)).toBe(date)
  expect(
    shownDate(response(403, { date }), { ...exchange, sentAt: at - 1440 * minute, receivedAt: at - 1440 * minute }),
  ).toBe(date)
})

it.each([
  ['there is none', {}, {}],
  ['it is none', { date: 'yesterday' }, {}],
  ['it is out of a cache', { date, age: '0' }, {}],
  ['it came over plain http', { date }, { url: 'http://vendor.test/' }],
  ['the answer took more than 15 minutes', { date }, { sentAt: at - 16 * minute, receivedAt: at }],
  ['it is more than a day ahead', { date }, { sentAt: at - 1441 * minute, receivedAt: at - 1441 * minute }],
  ['it is more than a day behind', { date }, { sentAt: at + 1441 * minute, receivedAt: at + 1441 * minute }],
])('believes no date where %s', (_, headers, over) => {
  expect(shownDate(response(200, headers), { ...exchange, ...over })).toBeUndefined()
})
