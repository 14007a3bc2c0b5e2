import { expect, it } from 'vitest'
import { parseLinks } from 'hawser'

it('reads the links that GitHub sends', () => {
  const header =
    '<https://api.github.com/repositories/1/issues?page=2>; rel="next", <https://api.github.com/repositories/1/issues?page=9>; rel="last"'
  expect(parseLinks(header)).toEqual([
    { url: 'https://api.github.com/repositories/1/issues?page=2', rel: ['next'] },
    { url: 'https://api.github.com/repositories/1/issues?page=9', rel: ['last'] },
  ])
})

it('is not confused by commas, semicolons and quotes inside URLs and parameters', () => {
  expect(parseLinks('<https://a.test/?ids=1,2;3>; title="a, \\"b\\"; c"; rel="next"')).toEqual([
    { url: 'https://a.test/?ids=1,2;3', rel: ['next'] },
  ])
})

it('reads several relations, bare ones, any case, and spaces around the equals sign', () => {
  expect(parseLinks('</a>; rel="prev next", </b>; REL = First')).toEqual([
    { url: '/a', rel: ['prev', 'next'] },
    { url: '/b', rel: ['first'] },
  ])
})

it('finds nothing in nothing, and ends on hostile input', () => {
  expect(parseLinks(undefined)).toEqual([])
  expect(parseLinks('')).toEqual([])
  expect(parseLinks('<'.repeat(50_000))).toEqual([])
  expect(parseLinks(`<a>${'; x'.repeat(50_000)}`)).toEqual([{ url: 'a', rel: [] }])
})

it('passes over a parameter that is empty, so that the page after it is found', () => {
  expect(parseLinks('<a>;; rel="next", <b>; ; rel=prev;')).toEqual([
    { url: 'a', rel: ['next'] },
    { url: 'b', rel: ['prev'] },
  ])
  expect(parseLinks(`<a>${' ;'.repeat(50_000)}`)).toEqual([{ url: 'a', rel: [] }])
})
