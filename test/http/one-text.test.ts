import fc from 'fast-check'
import { expect, it } from 'vitest'
import { oneText } from '../../src/http/one-text.ts'

it('gives the same text, whatever it holds', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => oneText(text) === text))
  for (const text of ['', '1', '-0', '__proto__', 'constructor', '\ud800']) expect(oneText(text)).toBe(text)
})
