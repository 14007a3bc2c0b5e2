import { sleepWith, type Runtime } from '../../src/runtime.ts'
import type { RuntimeEvent } from '../../src/events.ts'

/** Time that moves when a test says so. */
export interface ManualClock {
  readonly runtime: Runtime
  readonly events: readonly RuntimeEvent[]
  readonly now: number
  /** How many timers are set. */
  readonly pending: number
  /** Lets time pass, running what falls due in it, and lets promises settle after each. */
  pass(ms: number): Promise<void>
}

/** Makes a clock that begins on a whole hour. */
export function manualClock(startAt: number = Date.UTC(2030, 0, 1)): ManualClock {
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>()
  const events: RuntimeEvent[] = []
  let now = startAt
  const after: Runtime['after'] = (ms, callback) => {
    const timer = { due: now + ms, callback }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  return {
    events,
    get now() {
      return now
    },
    get pending() {
      return timers.size
    },
    async pass(ms) {
      const until = now + ms
      await settled()
      for (;;) {
        const due = [...timers].filter((timer) => timer.due <= until).toSorted((a, b) => a.due - b.due)[0]
        if (!due) break
        timers.delete(due)
        now = Math.max(now, due.due)
        due.callback()
        await settled()
      }
      now = until
      await settled()
    },
    runtime: {
      now: () => now,
      after,
      limit: after,
      sleep: sleepWith(after),
      random: () => 0,
      uuid: () => 'id',
      emit: (event) => void events.push(event),
    },
  }
}

/** Resolves when every promise that can settle has settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
