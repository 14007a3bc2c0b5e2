import { createHeap, type Heap } from './heap.ts'

/** How much earlier a call goes for each step of its priority. Milliseconds. */
const standardHeadStartMs: number = 5_000

/** One who stands in a line. */
export interface InLine {
  /** Least goes first. It never changes. */
  readonly rank: number
  /** Decides between equal ranks: the number of those who came before. */
  readonly order: number
  /** Where it stands; -1 while it stands in no line. */
  slot: number
}

/**
 * Gives a rank: the time of arrival, less a head start for each step of priority. Whoever comes later than that does not
 * overtake, so that every call's turn comes.
 */
export function rankOf(priority: number, now: number, headStartMs: number = standardHeadStartMs): number {
  return now - priority * headStartMs
}

/** Makes a line in which the least rank goes first, and of equal ranks whoever came first. */
export function createLine<T extends InLine>(): Heap<T> {
  return createHeap<T>(goesBefore, slots)
}

function goesBefore(a: InLine, b: InLine): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.order < b.order)
}

const slots = {
  get: (one: InLine): number => one.slot,
  set: (one: InLine, slot: number): void => void (one.slot = slot),
}
