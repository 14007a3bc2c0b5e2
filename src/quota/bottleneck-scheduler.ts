import { aborted, onAbort } from '../abort.ts'
import { ConfigurationError, isHawserError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { waitMs } from './bucket.ts'
import type { Scheduler } from './scheduler.ts'
import { deadlinePassed, turnedAway } from './refusals.ts'
import type { Ask, Bucket, Lane, Permit } from './state.ts'

/** What is used of a bottleneck limiter. @see https://github.com/SGrondin/bottleneck/tree/v2.19.5 */
export interface BottleneckLike {
  schedule<Result>(options: { priority?: number; weight?: number }, task: () => PromiseLike<Result>): Promise<Result>
  updateSettings(settings: { reservoir: number | null }): unknown
  on(event: 'error', listener: (error: unknown) => void): unknown
}

/** The most calls per second that a limiter of bottleneck's is let near; beyond about 300 it cannot keep up. */
const mostPerSecond = 200

/** The middle of bottleneck's priorities, which run from 0, the first, to 9. */
const middlePriority = 5

/**
 * Lets a limiter of bottleneck's decide the order, for teams that share one already: its concurrency, spacing and
 * priorities hold. Its reservoir is opened and closed by the windows that were learned here, so it must have no interval
 * of its own. A call's cost is the job's weight, so that the limiter's `maxConcurrent` counts cost and not calls.
 *
 * A limit above 200/s, which such a limiter cannot serve, is a `ConfigurationError`: of `throttle` where it is declared, of
 * the next call where an answer told it. So is a call that costs more than `maxConcurrent`.
 */
export function bottleneckScheduler(limiter: BottleneckLike): Scheduler {
  const ends = new WeakMap<Permit, () => void>()
  let closed = false
  // Without a listener, an error inside the limiter would end the process.
  limiter.on('error', () => {})

  /** Closes the reservoir while the lane's windows have no room, so that calls wait in the limiter, in its order. */
  function drive(lane: Lane, runtime: Runtime): void {
    const ms = roomInMs(lane, runtime.now())
    if (closed || ms === 0 || ms === Infinity) return
    closed = true
    limiter.updateSettings({ reservoir: 0 })
    runtime.after(Math.ceil(ms), () => {
      closed = false
      limiter.updateSettings({ reservoir: null })
      drive(lane, runtime)
    })
  }

  return {
    name: 'bottleneck',
    check(limits) {
      for (const { name, limit, windowMs } of limits) refuseIfFast(name, limit, windowMs)
    },
    acquire: (gate, lane, ask, runtime) =>
      new Promise<Permit>((resolve, reject) => {
        for (const { name, window } of lane.buckets.filter(isRate)) {
          refuseIfFast(name, window.state(runtime.now()).limit ?? 0, window.windowMs)
        }
        gate.mayWait(lane, ask, runtime.now())
        if (ask.signal?.aborted) return reject(aborted(ask.signal))
        let gaveUp = false
        const giveUp = (error: Error): void => {
          gaveUp = true
          forget()
          reject(error)
        }
        const unlisten = onAbort(ask.signal, () => giveUp(aborted(ask.signal)))
        const cancel =
          ask.deadline === undefined
            ? undefined
            : runtime.limit(ask.deadline - runtime.now(), () => giveUp(deadlinePassed(ask)))
        const forget = (): void => {
          cancel?.()
          unlisten()
        }
        async function turn(): Promise<void> {
          forget()
          // The limiter cannot take a call out of its queue: one that gave up ends as soon as its turn comes.
          if (gaveUp) return
          const permit = await gate.acquire(lane, ask, runtime)
          const over = new Promise<void>((end) => ends.set(permit, end))
          resolve(permit)
          drive(lane, runtime)
          await over
        }
        const priority = Math.min(9, Math.max(0, middlePriority - Math.round(ask.priority)))
        limiter.schedule({ priority, weight: ask.cost }, turn).catch((error: unknown) => {
          forget()
          reject(refusedByLimiter(error, lane, ask, runtime.now()))
        })
      }),
    release: (permit) => ends.get(permit)?.(),
    drive,
  }
}

/** How long until every window of a lane has room for one more. Milliseconds. */
function roomInMs({ buckets }: Lane, now: number): number {
  return Math.max(0, ...buckets.map((bucket) => (isRate(bucket) ? waitMs(bucket, 1, now) : 0)))
}

function isRate({ window }: Bucket): boolean {
  return window.kind !== 'concurrency' && window.kind !== 'probing'
}

function refuseIfFast(name: string, limit: number, windowMs: number): void {
  if ((limit / windowMs) * 1000 <= mostPerSecond) return
  const message = `\`bottleneckScheduler\` serves limits up to ${mostPerSecond}/s; \`${name}\` allows more. Leave \`scheduler\` out.`
  throw new ConfigurationError(message)
}

/** What the gate refused has its own error; all else is the limiter's, which knows plain errors only. */
function refusedByLimiter(error: unknown, lane: Lane, ask: Ask, now: number): unknown {
  if (isHawserError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  if (!reason.includes('having a weight of')) return turnedAway(ask, reason, now, roomInMs(lane, now))
  const message = `${ask.operation}: not sent, its cost of ${ask.cost} is above the limiter’s \`maxConcurrent\`, which counts cost.`
  return new ConfigurationError(message, {}, { cause: error })
}
