import { expect, it } from 'vitest'
import { emptied, withUnknownFields } from '../../../src/testing/conformance/altered.ts'

it.each([
  ['a body that is the list', [{ id: 1 }, { id: 2 }], 2, []],
  [
    'a list beside others',
    { scopes: ['a'], results: [{ id: 1 }], next: 'c' },
    1,
    { scopes: ['a'], results: [], next: 'c' },
  ],
  ['a list within', { data: { items: [{ id: 1 }], more: true } }, 1, { data: { items: [], more: true } }],
  [
    'the outer list first',
    { a: { of: [{ id: 1 }] }, list: [{ id: 2 }, { id: 3 }] },
    2,
    { a: { of: [{ id: 1 }] }, list: [] },
  ],
  ['a list of what is no object', { ids: ['a', 'b'], next: null }, 2, { ids: [], next: null }],
  ['no list', { id: 1 }, 0, { id: 1 }],
])('empties a page: %s', (_, body, items, left) => {
  expect(emptied(body)).toEqual({ items, body: left })
})

it('adds an unknown field to every object, and changes nothing else', () => {
  const unknown = { of: ['some', 'later', 'version'] }
  expect(withUnknownFields([{ a: { b: [1] } }, 'x'])).toEqual([
    { a: { b: [1], conformance_unknown: unknown }, conformance_unknown: unknown },
    'x',
  ])
})
