import fc from 'fast-check'
import { expect, it } from 'vitest'
import { addressOf } from '../../src/undici/address.ts'

/** What is told apart by a port that is the scheme's own, or another spelling of an address, is one origin all the same. */
const asParsed = (url: string): readonly unknown[] => {
  const { origin, path } = addressOf(url)
  return [new URL(origin).origin, path]
}
const parsed = (url: string): readonly unknown[] => {
  const { origin, pathname, search } = new URL(url)
  return [origin, pathname + search]
}

it('cuts an address where parsing does', () => {
  for (const url of [
    'https://api.example.com/',
    'https://api.example.com',
    'https://API.example.com:443/x',
    'http://127.0.0.1:8080/items/1?page=2&per_page=100',
    'https://[::1]:8443/x',
    'https://api.example.com/a/../b',
    'https://api.example.com/./b',
    'https://api.example.com/%2E%2e/b',
    'https://api.example.com/.well-known/x',
    'https://api.example.com/b?',
    'https://api.example.com/b?a=/../c',
    "https://api.example.com/b?q='x' y#part",
    'https://user:word@api.example.com/b',
    'https://api.example.com\\b',
    'https://api.example.com/ü',
    '  https://api.example.com/b',
  ]) {
    expect(asParsed(url)).toEqual(parsed(url))
  }
})

it('cuts any address as parsing does, whatever characters are in it', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '1',
    '.',
    '..',
    '/',
    '//',
    '?',
    '%2e',
    '%2E',
    '%',
    '@',
    ':',
    ':80',
    ':443',
    '#',
    '&',
    "'",
    ' ',
    '\t',
    '\\',
    'é',
    '-',
    '~',
  )
  const address = fc
    .tuple(
      fc.constantFrom('http://', 'https://'),
      fc.constantFrom('a.b', 'A.b', '1.2', '[::1]', 'a.b:80', 'a.b:443', 'a.b:8'),
      fc.array(piece),
    )
    .map(([scheme, host, rest]) => scheme + host + rest.join(''))
    .filter((url) => URL.canParse(url))
  fc.assert(
    fc.property(address, (url) => {
      expect(asParsed(url)).toEqual(parsed(url))
    }),
    { numRuns: 5_000 },
  )
})
