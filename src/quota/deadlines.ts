import { createHeap } from '../http/heap.ts'
import type { Cancel, Runtime } from '../runtime.ts'
import { deadlinePassed } from './refusals.ts'
import type { Waiter } from './state.ts'

/** Ends the waits whose deadline passes. */
export interface Deadlines {
  watch(waiter: Waiter, runtime: Runtime): void
  forget(waiter: Waiter): void
}

/** Makes one timer for all deadlines; a timer for each of a hundred thousand waiting calls would weigh more than they do. */
export function createDeadlines(giveUp: (waiter: Waiter, error: Error, runtime: Runtime) => void): Deadlines {
  const waiters = createHeap<Waiter>((a, b) => deadlineOf(a) < deadlineOf(b), {
    get: (waiter) => waiter.deadlineSlot,
    set: (waiter, slot) => (waiter.deadlineSlot = slot),
  })
  let timerAt = Infinity
  let cancel: Cancel | undefined

  function stop(): void {
    cancel?.()
    cancel = undefined
    timerAt = Infinity
  }

  function arm(runtime: Runtime): void {
    const first = waiters.peek()
    if (!first || deadlineOf(first) >= timerAt) return
    stop()
    timerAt = deadlineOf(first)
    cancel = runtime.limit(Math.max(0, timerAt - runtime.now()), () => {
      stop()
      const now = runtime.now()
      for (let due = waiters.peek(); due && deadlineOf(due) <= now; due = waiters.peek()) {
        giveUp(due, deadlinePassed(due.ask), runtime)
      }
      arm(runtime)
    })
  }

  return {
    watch(waiter, runtime) {
      if (waiter.ask.deadline === undefined) return
      waiters.add(waiter)
      arm(runtime)
    },
    forget(waiter) {
      waiters.remove(waiter)
      if (waiters.size === 0) stop()
    },
  }
}

function deadlineOf({ ask }: Waiter): number {
  return ask.deadline ?? Infinity
}
