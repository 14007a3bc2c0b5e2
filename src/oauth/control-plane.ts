import type { AxiosAdapter, AxiosInstance } from 'axios'
import {
  attemptTimeout,
  checkNumber,
  fullJitter,
  isHawserError,
  learnClock,
  networkFailure,
  report,
  stack,
  type ClockOffset,
  type HttpRequest,
  type HttpResponse,
  type Outcome,
  type Runtime,
  type Transport,
} from 'hawser'
import { repeatAfterMs, type Repeat, type RepeatSettings } from './repeat.ts'

/** A call to an authorization server, not to the API behind it. */
export interface ControlCall {
  /** For errors and events, such as `POST token (refresh_token)`. */
  readonly operation: string
  /** Makes the request, for each attempt anew: a signed assertion is good for one. */
  readonly request: () => Promise<Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>>
  readonly repeat: Repeat
  /** Tells whether an answer only asks for something that the next request will have on it. Asked once. */
  readonly asksForMore?: (response: HttpResponse) => boolean
  /** When the answer must be there. Milliseconds since the Unix epoch. @default three times the time limit */
  readonly deadline?: number | undefined
  readonly runtime: Runtime
  /** Takes the `Date` of every answer. */
  readonly clock?: ClockOffset | undefined
}

/** Sends to authorization servers, with the only retries that such a call has. */
export type ControlPlane = (call: ControlCall) => Promise<HttpResponse>

/** Options of {@link controlPlane}. */
export interface ControlPlaneOptions {
  readonly transport: Transport
  /** For one attempt. Long: a refresh that is given up and sent again may be two. Milliseconds. @default 30_000 */
  readonly timeoutMs?: number
}

const settings: RepeatSettings = { maxAttempts: 3, backoff: fullJitter({ baseMs: 500, maxMs: 5_000 }) }

// More than any token answer; less than what hurts.
const maxResponseBytes = 1024 * 1024

/**
 * Makes the way to authorization servers: a small axios instance of its own, whose adapter is a transport of hawser's and whose
 * retries are axios-retry's, under a decision and on a clock of ours.
 */
export function controlPlane({ transport, timeoutMs = 30_000 }: ControlPlaneOptions): ControlPlane {
  checkNumber('timeoutMs', timeoutMs, 1)
  let loading: Promise<AxiosInstance> | undefined

  return async function send(call) {
    const instance = await (loading ??= retryingInstance())
    const { operation, repeat, runtime, asksForMore, deadline = runtime.now() + 3 * timeoutMs } = call
    const wire = stack([attemptTimeout(timeoutMs), report()], transport, runtime)
    let last: Outcome | undefined
    let delayMs: number | undefined
    let asked = false
    let attempt = 0

    const adapter: AxiosAdapter = async (config) => {
      attempt++
      const request = await call.request()
      const sent = { ...request, operation, idempotent: repeat === 'always', deadline, maxResponseBytes }
      const sentAt = runtime.now()
      const outcome: Outcome = await wire(sent).then(
        (response) => ({ response }),
        // A transport's foreign error may hold the whole request.
        (error: unknown) => ({ error: isHawserError(error) ? error : networkFailure(error, sent, false) }),
      )
      last = outcome
      const now = runtime.now()
      if (outcome.response && call.clock) learnClock(call.clock, outcome.response, sent, sentAt, now)
      const moment = { attempt, now, random: () => runtime.random(), deadline }
      if (!asked && outcome.response && asksForMore?.(outcome.response)) {
        asked = true
        delayMs = 0
      } else {
        delayMs = repeatAfterMs(outcome, repeat, settings, moment)
      }
      if (delayMs === undefined) return { data: undefined, status: 0, statusText: '', headers: {}, config }
      // What axios-retry needs to see, and no more: it never leaves this file.
      throw Object.assign(new Error('Once more.'), { config })
    }
    await instance.request({
      adapter,
      'axios-retry': {
        retryCondition: () => delayMs !== undefined,
        onRetry: async () => {
          const { status } = last?.response ?? {}
          const reason = status === undefined ? 'network' : status === 429 ? 'throttled' : 'unavailable'
          runtime.emit?.({
            type: 'retry',
            operation,
            at: runtime.now(),
            attempt,
            reason,
            status,
            delayMs: delayMs ?? 0,
          })
          if (delayMs) await runtime.sleep(delayMs)
        },
      },
    })
    if (last?.response) return last.response
    throw last?.error
  }
}

async function retryingInstance(): Promise<AxiosInstance> {
  const [{ default: axios }, { default: axiosRetry }] = await Promise.all([import('axios'), import('axios-retry')])
  // A bare instance: nothing that a program set on the global one reaches a token call.
  const instance = axios.create()
  axiosRetry(instance, { retries: settings.maxAttempts, retryDelay: () => 0 })
  return instance
}
