import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InvalidRequestError, path } from 'hawser'
import { checkPath, expand, fill, templateOf } from '../../src/http/path.ts'

it('encodes each value as one segment', () => {
  expect(fill(path`/repos/${{ owner: 'a/b' }}/${'c d?e#f'}/${7}`)).toBe('/repos/a%2Fb/c%20d%3Fe%23f/7')
})

it('names the operation by its template, without the values', () => {
  expect(templateOf(path`/repos/${{ owner: 'secret' }}/${'secret'}/issues`)).toBe('/repos/{owner}/{1}/issues')
})

it('refuses a value that is empty, a dot, two dots or no value at all', () => {
  for (const value of ['', '.', '..', '%2e%2E', Number.NaN, Infinity]) {
    expect(() => fill(path`/a/${value}/b`)).toThrow(InvalidRequestError)
  }
  for (const value of [undefined, null, {}, [], true]) {
    expect(() => fill({ strings: ['/a/', ''], values: [value as never] })).toThrow(InvalidRequestError)
  }
})

it('refuses half of a surrogate pair instead of throwing a URIError', () => {
  expect(() => fill(path`/a/${'\ud800'}`)).toThrow(InvalidRequestError)
})

it('refuses a written path that leads to another host or climbs', () => {
  for (const text of [
    '//evil.test/a',
    '/\\evil.test',
    'a',
    '',
    '/a/../b',
    '/a/%2e%2e/b',
    '/a/./b',
    '/a\n/b',
    '/a#b',
    '/\t/evil.test',
    '/users/.. ',
    '/users/..\0',
    '/users/..\x1f ',
    '/users/%2e%2e ',
  ]) {
    expect(() => checkPath(text), JSON.stringify(text)).toThrow(InvalidRequestError)
  }
  for (const text of ['/', '/a/b', '/a/...', '/a?b=../c', '/a/b.json']) expect(() => checkPath(text)).not.toThrow()
})

it('fills a URL template and tells which names it used', () => {
  expect(
    expand('/repos/{owner}/{repo}/contents/{+path}', { owner: 'o', repo: 'r', path: 'src/a b.ts', ref: 'main' }),
  ).toEqual({
    path: '/repos/o/r/contents/src/a%20b.ts',
    template: '/repos/{owner}/{repo}/contents/{path}',
    used: ['owner', 'repo', 'path'],
  })
  expect(() => expand('/repos/{owner}', {})).toThrow(InvalidRequestError)
  expect(() => expand('/x/{constructor}', {})).toThrow(InvalidRequestError)
  expect(() => expand('/contents/{+path}', { path: '../../user' })).toThrow(InvalidRequestError)
})

it('never lets a value change the shape of the path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
      let filled: string
      try {
        filled = fill(path`/a/${value}/b`)
      } catch (error) {
        return error instanceof InvalidRequestError
      }
      const { pathname, search, host } = new URL(`https://vendor.test${filled}`)
      return (
        host === 'vendor.test' &&
        search === '' &&
        pathname.split('/').length === 4 &&
        decodeURIComponent(pathname.split('/')[2] ?? '') === value
      )
    }),
  )
})
