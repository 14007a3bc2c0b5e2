import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHeap } from '../../src/http/heap.ts'

interface Item {
  key: number
  slot: number
}

it('gives the least first, whatever is added, removed and moved in between', () => {
  const step = fc.record({ do: fc.constantFrom('add', 'take', 'remove', 'move'), key: fc.nat(50), which: fc.nat(30) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const slots = { get: (item: Item) => item.slot, set: (item: Item, slot: number) => void (item.slot = slot) }
      const heap = createHeap<Item>((a, b) => a.key < b.key, slots)
      let model: Item[] = []
      for (const { do: what, key, which } of steps) {
        const chosen = model[which % Math.max(1, model.length)]
        if (what === 'add') {
          const item = { key, slot: -1 }
          heap.add(item)
          model.push(item)
        } else if (what === 'take') {
          const least = heap.peek()
          expect(least?.key).toBe(model.length === 0 ? undefined : Math.min(...model.map((item) => item.key)))
          if (least) heap.remove(least)
          model = model.filter((item) => item !== least)
        } else if (chosen && what === 'remove') {
          heap.remove(chosen)
          heap.remove(chosen)
          model = model.filter((item) => item !== chosen)
        } else if (chosen) {
          chosen.key = key
          heap.moved(chosen)
        }
        expect(heap.size).toBe(model.length)
      }
    }),
  )
})
