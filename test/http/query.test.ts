import { expect, it } from 'vitest'
import { InvalidRequestError } from 'hawser'
import { formBody } from '../../src/http/body.ts'
import { encodeFields } from '../../src/http/query.ts'

it('encodes text, numbers, booleans, dates and null, and leaves undefined out', () => {
  const fields = { q: 'a b&c', n: 1.5, big: 10n, yes: true, at: new Date(0), none: null, gone: undefined }
  expect(encodeFields(fields)).toBe('q=a%20b%26c&n=1.5&big=10&yes=true&at=1970-01-01T00%3A00%3A00.000Z&none=')
})

it('writes lists in the style of the vendor', () => {
  const fields = { id: [1, 2] }
  expect(encodeFields(fields)).toBe('id=1&id=2')
  expect(decodeURIComponent(encodeFields(fields, { arrays: 'brackets' }))).toBe('id[]=1&id[]=2')
  expect(decodeURIComponent(encodeFields(fields, { arrays: 'indices' }))).toBe('id[0]=1&id[1]=2')
  expect(decodeURIComponent(encodeFields(fields, { arrays: 'comma' }))).toBe('id=1,2')
})

it('writes dates in the style of the vendor, in lists too', () => {
  const at = new Date('2030-01-01T00:00:00.999Z')
  expect(encodeFields({ at }, { dates: 'epoch-seconds' })).toBe('at=1893456000')
  expect(encodeFields({ at: [at] }, { arrays: 'comma', dates: 'epoch-seconds' })).toBe('at=1893456000')
})

it('nests names in brackets, which a form leaves as they are', () => {
  const fields = { card: { number: '42', owner: { name: 'A B' } }, items: [{ price: 'p' }] }
  const style = { arrays: 'indices' } as const
  expect(encodeFields(fields, style)).toBe(
    'card%5Bnumber%5D=42&card%5Bowner%5D%5Bname%5D=A%20B&items%5B0%5D%5Bprice%5D=p',
  )
  expect(formBody(fields, style).body).toBe('card[number]=42&card[owner][name]=A%20B&items[0][price]=p')
})

it('is read by every form decoder as it was meant, whatever the characters', () => {
  const odd = { "a!b'c(d)e*f~g": '100% +1 & = ; ünï 🚢 []\r\n', '': '' }
  for (const text of [encodeFields(odd), String(formBody(odd).body)]) {
    expect(Object.fromEntries(new URLSearchParams(text))).toEqual(odd)
    expect(text).not.toMatch(/[!'()* +]/)
  }
})

it('refuses what cannot be written, by name and without the value', () => {
  for (const value of [Number.NaN, Infinity, new Date('no'), Symbol('x'), () => 1, '\ud800']) {
    expect(() => encodeFields({ amount: value as never })).toThrow(InvalidRequestError)
  }
  expect(() => encodeFields({ amount: Number.NaN })).toThrow('`amount`')
})
