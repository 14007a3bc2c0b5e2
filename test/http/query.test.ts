import { expect, it } from 'vitest'
import { InvalidRequestError } from 'hawser'
import { encodeFields } from '../../src/http/query.ts'

it('encodes text, numbers, booleans, dates and null, and leaves undefined out', () => {
  const fields = { q: 'a b&c', n: 1.5, big: 10n, yes: true, at: new Date(0), none: null, gone: undefined }
  expect(encodeFields(fields)).toBe('q=a+b%26c&n=1.5&big=10&yes=true&at=1970-01-01T00%3A00%3A00.000Z&none=')
})

it('writes lists in the style of the vendor', () => {
  const fields = { id: [1, 2] }
  expect(encodeFields(fields)).toBe('id=1&id=2')
  expect(decodeURIComponent(encodeFields(fields, 'brackets'))).toBe('id[]=1&id[]=2')
  expect(decodeURIComponent(encodeFields(fields, 'indices'))).toBe('id[0]=1&id[1]=2')
  expect(decodeURIComponent(encodeFields(fields, 'comma'))).toBe('id=1,2')
})

it('nests names in brackets, as Stripe reads them', () => {
  expect(
    decodeURIComponent(
      encodeFields({ card: { number: '42', owner: { name: 'A' } }, items: [{ price: 'p' }] }, 'indices'),
    ),
  ).toBe('card[number]=42&card[owner][name]=A&items[0][price]=p')
})

it('refuses what cannot be written, by name and without the value', () => {
  for (const value of [Number.NaN, Infinity, new Date('no'), Symbol('x'), () => 1]) {
    expect(() => encodeFields({ amount: value as never })).toThrow(InvalidRequestError)
  }
  expect(() => encodeFields({ amount: Number.NaN })).toThrow('`amount`')
})
