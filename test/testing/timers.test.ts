import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTimers, type Timer } from '../../src/testing/timers.ts'

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), due: fc.integer({ min: 0, max: 20 }), wakes: fc.boolean() }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('shift' as const) }),
  ),
  { maxLength: 400 },
)

it('gives timers in the order in which they are due, and of those due at once the one set first', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const timers = createTimers()
      const model: { due: number; wakes: boolean; name: number; cancel: () => void }[] = []
      const fired: number[] = []
      let names = 0
      for (const step of list) {
        if (step.do === 'add') {
          const name = names++
          const timer: Timer = { due: step.due, wakes: step.wakes, callback: () => fired.push(name) }
          model.push({ due: step.due, wakes: step.wakes, name, cancel: timers.add(timer) })
        } else if (step.do === 'cancel') {
          const [gone] = model.splice(model.length === 0 ? 0 : step.which % model.length, 1)
          gone?.cancel()
          gone?.cancel()
        } else {
          const [first] = model.toSorted((a, b) => a.due - b.due || a.name - b.name)
          expect(timers.first()?.due).toBe(first?.due)
          timers.shift()?.callback()
          if (first) model.splice(model.indexOf(first), 1)
          expect(fired.at(-1)).toBe(first ? first.name : fired.at(-1))
          first?.cancel()
        }
        expect([timers.size, timers.waking]).toEqual([model.length, model.filter(({ wakes }) => wakes).length])
      }
    }),
  )
})
