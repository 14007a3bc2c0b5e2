/** A queue that gives the least item first. Adding, taking and removing cost O(log n). */
export interface Heap<T> {
  readonly size: number
  peek(): T | undefined
  add(item: T): void
  /** Takes an item out, wherever it stands. An item that is not in the heap is left alone. */
  remove(item: T): void
  /** Puts an item where it belongs after its order changed. */
  moved(item: T): void
  /** All items, in no particular order. */
  items(): readonly T[]
}

/** Where an item stands in one heap; -1 while it stands in none. */
type Slots<T> = { readonly get: (item: T) => number; readonly set: (item: T, slot: number) => void }

/** What a heap works on. */
interface Parts<T> {
  readonly items: T[]
  readonly before: (a: T, b: T) => boolean
  readonly slots: Slots<T>
}

/** Makes a heap. `slots` keeps each item's place on the item itself, which is what makes removal cheap. */
export function createHeap<T>(before: (a: T, b: T) => boolean, slots: Slots<T>): Heap<T> {
  const items: T[] = []
  const parts = { items, before, slots }

  // The size is a plain property: a getter would give each heap a shape of its own, of 700 bytes.
  const heap = {
    size: 0,
    peek: () => items[0],
    items: () => items,
    add(item: T): void {
      rise(parts, item, items.length)
      heap.size = items.length
    },
    moved(item: T): void {
      sink(parts, item, rise(parts, item, slots.get(item)))
    },
    remove(item: T): void {
      const slot = slots.get(item)
      if (slot < 0) return
      slots.set(item, -1)
      const last = items.pop()
      heap.size = items.length
      if (last !== undefined && last !== item) sink(parts, last, rise(parts, last, slot))
    },
  }
  return heap
}

function put<T>({ items, slots }: Parts<T>, item: T, slot: number): void {
  items[slot] = item
  slots.set(item, slot)
}

function rise<T>(parts: Parts<T>, item: T, from: number): number {
  const { items, before } = parts
  let slot = from
  while (slot > 0) {
    const parent = items[(slot - 1) >> 1]
    if (parent === undefined || !before(item, parent)) break
    put(parts, parent, slot)
    slot = (slot - 1) >> 1
  }
  put(parts, item, slot)
  return slot
}

function sink<T>(parts: Parts<T>, item: T, from: number): void {
  const { items, before } = parts
  let slot = from
  for (;;) {
    let below = slot * 2 + 1
    let child = items[below]
    const right = items[below + 1]
    if (child !== undefined && right !== undefined && before(right, child)) {
      child = right
      below++
    }
    if (child === undefined || !before(child, item)) break
    put(parts, child, slot)
    slot = below
  }
  put(parts, item, slot)
}
