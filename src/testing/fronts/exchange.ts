import type { FakeClock } from '../fake-clock.ts'

/** One send, as both of its ends see it: client and vendor are in one process. */
export interface Exchange {
  /** Where the client wants to send to. */
  readonly url: string
  /** The client is gone: whatever the vendor still does is for nobody. */
  readonly left: boolean
  /** How the connection failed, by the code that a socket gives; told by fronts without one. */
  readonly failure: Failure | undefined
  /** A mistake of the test's, which the client's caller is told as it is. */
  readonly mistake: Error | undefined
  /** The client waits for something of the answer, or no longer. */
  awaits(on: boolean): void
  /** So many bytes went out; the headers count as one. */
  sent(bytes: number): void
  /** So many of them arrived. */
  got(bytes: number): void
  /** Waits until all that went out has arrived. @throws where the client leaves */
  settled(): Promise<void>
  /** The vendor's side waits in virtual time; `Infinity` is until the client leaves. @throws where it leaves */
  pause(ms: number): Promise<void>
  fail(code: string, answered: boolean): void
  blame(mistake: unknown): void
  /** Runs `listener` when the client leaves. */
  onLeave(listener: () => void): void
  readonly leave: () => void
}

interface Failure {
  readonly code: string
  /** The headers had come. */
  readonly answered: boolean
}

/**
 * Opens an exchange. The clock stands still while the client waits for the vendor, unless the vendor waits itself: then
 * time is what both wait for.
 */
export function openExchange(clock: FakeClock, url: string): Exchange {
  const leaving = new Set<() => void>()
  let awaited = false
  let paused = 0
  let underWay = 0
  let arrived: (() => void) | undefined
  let release: (() => void) | undefined
  let resume: (() => void) | undefined

  function tell(): void {
    if (awaited) release ??= clock.hold()
    else {
      release?.()
      release = undefined
    }
    if (awaited && paused > 0) resume ??= clock.hang()
    else {
      resume?.()
      resume = undefined
    }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      paused++
      const end = (): void => {
        cancel()
        leaving.delete(leave)
        paused--
        tell()
      }
      const leave = (): void => {
        end()
        reject(gone())
      }
      const cancel = ms === Infinity ? () => {} : clock.runtime.after(ms, () => resolve(end()))
      leaving.add(leave)
      tell()
    })
  }

  const exchange = {
    url,
    left: false,
    failure: undefined as Failure | undefined,
    mistake: undefined as Error | undefined,
    awaits(on: boolean) {
      awaited = on
      tell()
    },
    sent: (bytes: number) => void (underWay += bytes),
    got(bytes: number) {
      underWay -= bytes
      if (underWay <= 0) arrived?.()
    },
    async settled() {
      if (underWay > 0) await new Promise<void>((resolve) => (arrived = resolve))
      if (exchange.left) throw gone()
    },
    async pause(ms: number) {
      // Time must not run on while something that was sent before is still on its way.
      await exchange.settled()
      await wait(ms)
    },
    fail: (code: string, answered: boolean) => void (exchange.failure = { code, answered }),
    blame: (mistake: unknown) =>
      void (exchange.mistake = mistake instanceof Error ? mistake : new Error(String(mistake))),
    onLeave: (listener: () => void) => void leaving.add(listener),
    leave() {
      if (exchange.left) return
      exchange.left = true
      exchange.awaits(false)
      arrived?.()
      for (const listener of leaving) listener()
    },
  }
  return exchange
}

/** Opens an exchange with a client that is not one of the clock's: it holds no time up, and nobody hears what it got. */
export function strangersExchange(clock: FakeClock, url: string): Exchange {
  const exchange = openExchange(clock, url)
  exchange.got(Infinity)
  return exchange
}

const gone = (): Error => new Error('The client left.')
