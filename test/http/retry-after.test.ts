import { expect, it } from 'vitest'
import { retryAfterMs } from 'hawser'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)
const at = (value: string, more: Record<string, string> = {}): number | undefined =>
  retryAfterMs({ 'retry-after': value, ...more }, now)

it('reads Retry-After 2 as two seconds, not two milliseconds', () => expect(at('2')).toBe(2_000))

it('reads decimal seconds, as Shopify sends them', () => expect([at('2.0'), at('2.5')]).toEqual([2_000, 2_500]))

it('reads the three forms of an HTTP date', () => {
  expect(at('Sun, 22 Nov 2026 12:00:30 GMT')).toBe(30_000)
  expect(at('Sunday, 22-Nov-26 12:00:30 GMT')).toBe(30_000)
  expect(at('Sun Nov 22 12:00:30 2026')).toBe(30_000)
})

it('reads an ISO date as a date, not as its year in seconds', () => expect(at('2026-11-22T12:00:30Z')).toBe(30_000))

it('takes a moment in the past for no wait', () => expect(at('Sun, 22 Nov 2026 11:00:00 GMT')).toBe(0))

it('measures a date against the Date of the answer, so that a wrong local clock does no harm', () => {
  expect(at('Sun, 22 Nov 2026 09:00:10 GMT', { date: 'Sun, 22 Nov 2026 09:00:00 GMT' })).toBe(10_000)
})

it('prefers the headers in milliseconds', () => {
  expect(at('9', { 'retry-after-ms': '1500' })).toBe(1_500)
  expect(retryAfterMs({ 'x-ms-retry-after-ms': '250' }, now)).toBe(250)
})

it('says nothing where the header says nothing that can be understood', () => {
  for (const value of ['', 'soon', '-5', '1e3', '0x10', '2 seconds', 'Sun, 99 Foo 2026']) {
    expect([value, at(value)]).toEqual([value, undefined])
  }
  expect(retryAfterMs({}, now)).toBeUndefined()
})

it('stays a finite number however long the wait is', () => {
  expect(at('3000000')).toBe(3_000_000_000)
  expect(Number.isSafeInteger(at('9'.repeat(400)))).toBe(true)
})
