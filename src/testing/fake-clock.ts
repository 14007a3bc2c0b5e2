import {
  ConfigurationError,
  checkNumber,
  checkOptions,
  sleepWith,
  type Cancel,
  type Runtime,
  type RuntimeEvent,
} from 'hawser'
import { nextTurn } from './event-loop.ts'
import { createTimers } from './timers.ts'

/** Options of {@link fakeClock}. */
export interface FakeClockOptions {
  /** Milliseconds since the Unix epoch. @default 2030-01-01T00:00:00Z */
  readonly startAt?: number
  /** Gives what `random` gives, from 0 up to 1. @default always 0, so that no jitter is added */
  readonly random?: () => number
}

/**
 * Virtual time. While nothing is on the wire it jumps to the next wait that is due, so that a test of a one-hour backoff
 * takes no time; while a request is under way it stands still.
 */
export interface FakeClock {
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** Every sleep so far, in milliseconds: the backoffs of retries. */
  readonly slept: readonly number[]
  /** Every event so far. */
  readonly events: readonly RuntimeEvent[]
  /** How many timers are set. 0 when all calls are over. */
  readonly pending: number
  /** What to give to a client. */
  readonly runtime: Runtime
  /** Says that a request is on the wire until the returned function is called. */
  hold(): () => void
  /** Says that a request on the wire will not be answered until the returned function is called: time limits are now due. */
  hang(): () => void
  /** Lets time pass and runs what falls due in it. @throws {ConfigurationError} where `ms` is negative or not finite */
  advance(ms: number): void
}

/**
 * Makes a clock that stands still until everyone waits.
 *
 * @throws {ConfigurationError} where an option is unknown, or `startAt` is no time
 */
export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  checkOptions('fakeClock', options, ['startAt', 'random'])
  const { startAt = Date.UTC(2030, 0, 1), random = () => 0 } = options
  checkTime('fakeClock.startAt', startAt, -Infinity)
  const timers = createTimers()
  const slept: number[] = []
  const events: RuntimeEvent[] = []
  let now = startAt
  let held = 0
  let hung = 0
  let ids = 0
  let watching = false

  function set(ms: number, callback: () => void, wakes: boolean): Cancel {
    const cancel = timers.add({ due: now + ms, wakes, callback })
    watch()
    return cancel
  }

  /** Looks, as soon as all that is ready has run, whether there is nothing left to do but wait. */
  function watch(): void {
    if (watching) return
    watching = true
    // Two turns: the first lets answers that have just arrived be read.
    nextTurn(() => nextTurn(jump))
  }

  function jump(): void {
    watching = false
    if (held > hung || (hung === 0 && timers.waking === 0) || timers.size === 0) return
    fireFirst()
    watch()
  }

  function fireFirst(): void {
    const timer = timers.shift()
    now = Math.max(now, timer?.due ?? now)
    timer?.callback()
  }

  const counted = (change: (by: number) => void): (() => void) => {
    change(1)
    watch()
    let over = false
    return () => {
      if (!over) change(-1)
      over = true
      watch()
    }
  }

  const after: Runtime['after'] = (ms, callback) => set(ms, callback, true)
  const sleep = sleepWith(after)
  return {
    get now() {
      return now
    },
    slept,
    events,
    get pending() {
      return timers.size
    },
    hold: () => counted((by) => (held += by)),
    hang: () => counted((by) => (hung += by)),
    advance(ms) {
      checkTime('advance', ms, 0)
      const until = now + ms
      for (let next = timers.first(); next && next.due <= until; next = timers.first()) fireFirst()
      now = until
    },
    runtime: {
      now: () => now,
      after,
      limit: (ms, callback) => set(ms, callback, false),
      sleep: (ms, signal) => {
        slept.push(ms)
        return sleep(ms, signal)
      },
      random,
      uuid: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
      emit: (event) => void events.push(event),
    },
  }
}

function checkTime(name: string, ms: number, least: number): void {
  if (!Number.isFinite(checkNumber(name, ms, least))) throw new ConfigurationError(`\`${name}\` is a finite number.`)
}
