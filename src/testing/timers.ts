/** Something that falls due. */
export interface Timer {
  /** Milliseconds since the Unix epoch. */
  readonly due: number
  /** It makes things go on; one that does not only ends what takes too long. */
  readonly wakes: boolean
  readonly callback: () => void
}

interface Entry extends Timer {
  /** Of two that are due at once, the one that was set first fires first. */
  readonly order: number
  live: boolean
}

/** Timers by what is due first. */
export interface Timers {
  /** How many are set. */
  readonly size: number
  /** How many of them wake somebody. */
  readonly waking: number
  /** Returns what takes it out again. */
  add(timer: Timer): () => void
  first(): Timer | undefined
  /** Takes the first out. */
  shift(): Timer | undefined
}

const before = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.order < b.order)

/** Makes a binary heap of timers: a load test has some ten thousand at once, and most of them are cancelled. */
export function createTimers(): Timers {
  let heap: Entry[] = []
  let size = 0
  let waking = 0
  let orders = 0

  function rise(entry: Entry, from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || !before(entry, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  function sink(entry: Entry): void {
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      if (!left) break
      const [child, next] = right && before(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1]
      if (!before(child, entry)) break
      heap[at] = child
      at = next
    }
    heap[at] = entry
  }

  function pop(): Entry | undefined {
    const [top] = heap
    const last = heap.pop()
    if (last && last !== top) sink(last)
    return top
  }

  function end(entry: Entry): void {
    if (!entry.live) return
    entry.live = false
    size--
    if (entry.wakes) waking--
  }

  function first(): Entry | undefined {
    while (heap[0] && !heap[0].live) pop()
    return heap[0]
  }

  return {
    get size() {
      return size
    },
    get waking() {
      return waking
    },
    add(timer) {
      const entry: Entry = { ...timer, order: orders++, live: true }
      size++
      if (entry.wakes) waking++
      rise(entry, heap.length)
      return () => {
        end(entry)
        // Cancelled ones stay where they are until they are half of all.
        if (heap.length < 64 || heap.length < 2 * size) return
        const live = heap.filter((each) => each.live)
        heap = []
        for (const each of live) rise(each, heap.length)
      }
    },
    first,
    shift() {
      const entry = first()
      if (!entry) return undefined
      pop()
      end(entry)
      return entry
    },
  }
}
