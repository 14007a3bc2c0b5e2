import fc from 'fast-check'
import { expect, it } from 'vitest'
import { added, find, itemsOf, without, type Few } from '../../src/http/few.ts'

interface Item {
  readonly key: string
}

const letters = fc.constantFrom('a', 'b', 'c')

it('holds what a map would, however many come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key: letters, adds: fc.boolean() })), (steps) => {
      const map = new Map<string, Item>()
      let few: Few<Item>
      for (const { key, adds } of steps) {
        const item = { key }
        if (!adds) {
          map.delete(key)
          few = without(few, key)
        } else if (!map.has(key)) {
          map.set(key, item)
          few = added(few, item)
        }
        expect([...itemsOf(few)]).toEqual([...map.values()])
        for (const each of ['a', 'b', 'c']) expect(find(few, each)).toBe(map.get(each))
      }
    }),
  )
})

it('takes no map for one item', () => {
  const one = { key: 'a' }
  expect(added(undefined, one)).toBe(one)
})

it('finds an item under a second key, too', () => {
  const one = { key: 'a' }
  for (const few of [added(added(undefined, one), one, 'b'), added(undefined, one, 'b')])
    expect(find(few, 'b')).toBe(one)
  expect(find(added(undefined, one, 'b'), 'a')).toBeUndefined()
})
