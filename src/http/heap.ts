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

/** Makes a heap. `slots` keeps each item's place on the item itself, which is what makes removal cheap. */
export function createHeap<T>(before: (a: T, b: T) => boolean, slots: Slots<T>): Heap<T> {
  return new SlottedHeap(before, slots)
}

// A class, because every connection holds some: five functions of its own would take 400 bytes of each heap's 480.
class SlottedHeap<T> implements Heap<T> {
  readonly #items: T[] = []
  readonly #before: (a: T, b: T) => boolean
  readonly #slots: Slots<T>

  constructor(before: (a: T, b: T) => boolean, slots: Slots<T>) {
    this.#before = before
    this.#slots = slots
  }

  get size(): number {
    return this.#items.length
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  items(): readonly T[] {
    return this.#items
  }

  add(item: T): void {
    this.#rise(item, this.#items.length)
  }

  moved(item: T): void {
    this.#sink(item, this.#rise(item, this.#slots.get(item)))
  }

  remove(item: T): void {
    const slot = this.#slots.get(item)
    if (slot < 0) return
    this.#slots.set(item, -1)
    const last = this.#items.pop()
    if (last !== undefined && last !== item) this.#sink(last, this.#rise(last, slot))
  }

  #put(item: T, slot: number): void {
    this.#items[slot] = item
    this.#slots.set(item, slot)
  }

  #rise(item: T, from: number): number {
    const items = this.#items
    let slot = from
    while (slot > 0) {
      const parent = items[(slot - 1) >> 1]
      if (parent === undefined || !this.#before(item, parent)) break
      this.#put(parent, slot)
      slot = (slot - 1) >> 1
    }
    this.#put(item, slot)
    return slot
  }

  #sink(item: T, from: number): void {
    const items = this.#items
    let slot = from
    for (;;) {
      let below = slot * 2 + 1
      let child = items[below]
      const right = items[below + 1]
      if (child !== undefined && right !== undefined && this.#before(right, child)) {
        child = right
        below++
      }
      if (child === undefined || !this.#before(child, item)) break
      this.#put(child, slot)
      slot = below
    }
    this.#put(item, slot)
  }
}
