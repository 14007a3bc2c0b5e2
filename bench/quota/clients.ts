import { Octokit } from '@octokit/core'
import { retry as octokitRetry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import axios, { type AxiosInstance } from 'axios'
import axiosRetry from 'axios-retry'
import Bottleneck from 'bottleneck'
import { Agent, get } from 'node:http'
import pLimit from 'p-limit'
import PQueue from 'p-queue'
import pThrottle from 'p-throttle'
import { RateLimiterMemory, RateLimiterQueue } from 'rate-limiter-flexible'
import { axiosTransport } from '../../src/http/axios-transport.ts'
import { stack, type Send } from '../../src/http/policy.ts'
import { retry } from '../../src/policies/retry.ts'
import { bottleneckScheduler } from '../../src/quota/bottleneck-scheduler.ts'
import { readAll, type QuotaReader } from '../../src/quota/reading.ts'
import { ietfRateLimit } from '../../src/quota/readers/ietf.ts'
import { refusalWhen } from '../../src/quota/readers/refusal-when.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import type { Scenario } from './scenarios.ts'

const refusesAtOnce = refusalWhen({ body: '"concurrency"', of: 'concurrency' })

/** Makes one call and resolves when the vendor has served it. */
export type Call = () => Promise<unknown>

/** How each client is used, as its own documentation shows it. All are given the limit and the cap, but for the rows that say otherwise. */
export const clients: Readonly<Record<string, (scenario: Scenario, url: string) => Call>> = {
  'hawser, given': (scenario, url) => hawser(url, given(scenario)),
  'hawser, limit learned': (scenario, url) => hawser(url, limitLearned(scenario)),
  'hawser, learned': (scenario, url) => hawser(url, learned(scenario)),
  'hawser, learned by the draft': (scenario, url) =>
    hawser(url, learned(scenario, readAll(ietfRateLimit(), refusesAtOnce))),
  'hawser, given, over node:http': (scenario, url) => hawser(url, given(scenario), plainTransport()),
  'hawser, learned, over node:http': (scenario, url) => hawser(url, learned(scenario), plainTransport()),
  'hawser over bottleneck': (scenario, url) => {
    const limiter = new Bottleneck({ maxConcurrent: scenario.cap ?? null })
    return hawser(url, { ...given(scenario), scheduler: bottleneckScheduler(limiter) })
  },
  bottleneck: (scenario, url) => {
    const amount = allowed(scenario)
    const http = retrying(url)
    const limiter = new Bottleneck({
      reservoir: amount,
      reservoirRefreshAmount: amount,
      reservoirRefreshInterval: 1000,
      maxConcurrent: scenario.cap ?? null,
    })
    return () => limiter.schedule(() => http.get('/'))
  },
  'p-throttle + p-limit': (scenario, url) => {
    const http = retrying(url)
    const limited = pLimit(scenario.cap ?? Infinity)
    const throttled = pThrottle({ limit: allowed(scenario), interval: 1000, strict: scenario.kind === 'sliding' })
    const get = throttled(() => http.get('/'))
    return () => limited(get)
  },
  'p-queue, strict': (scenario, url) => {
    const http = retrying(url)
    const queue = new PQueue({
      concurrency: scenario.cap ?? Infinity,
      interval: 1000,
      intervalCap: allowed(scenario),
      strict: true,
    })
    return () => queue.add(() => http.get('/'))
  },
  'rate-limiter-flexible + p-limit': (scenario, url) => {
    const http = retrying(url)
    const limited = pLimit(scenario.cap ?? Infinity)
    const limiter = new RateLimiterMemory({ points: allowed(scenario), duration: 1 })
    const queue = new RateLimiterQueue(limiter, { maxQueueSize: 100_000 })
    return () =>
      limited(async () => {
        await queue.removeTokens(1)
        return http.get('/')
      })
  },
  'octokit throttling + retry': (_scenario, url) => {
    const Client = Octokit.plugin(throttling, octokitRetry)
    const quiet = { debug() {}, info() {}, warn() {}, error() {} }
    const octokit = new Client({
      baseUrl: url,
      log: quiet,
      throttle: { onRateLimit: () => true, onSecondaryRateLimit: () => true },
      retry: { retries: 20 },
    })
    return () => octokit.request('GET /')
  },
  'axios-retry alone': (_scenario, url) => {
    const http = retrying(url)
    return () => http.get('/')
  },
}

function hawser(url: string, options: ThrottleOptions, transport: Send = axiosTransport()): Call {
  const send = stack([retry({ maxAttempts: 20 }), throttle(options)], transport)
  const request = { method: 'GET', url: `${url}/`, headers: {}, operation: 'GET /', idempotent: true }
  return async () => {
    const { status } = await send(request)
    if (status !== 200) throw new Error(`The vendor answered ${status}.`)
  }
}

/** All that the vendor's documentation states: limit, length and kind of the window, and the cap. */
function given(scenario: Scenario): ThrottleOptions {
  const { cap, share = 1, perSecond, kind } = scenario
  const limits = [{ name: 'default', limit: perSecond, windowMs: 1000, kind }]
  return { limits, share, reader: readerOf(scenario), ...(cap !== undefined && { maxConcurrent: cap }) }
}

/** What a vendor's profile states where the limit depends on the customer: length and kind of the window, and the cap or that there is none. */
function limitLearned(scenario: Scenario): ThrottleOptions {
  const { cap: maxConcurrent = Infinity, share = 1, kind, headers } = scenario
  const stated = { windowMs: 1000, kind } as const
  const told =
    headers === 'coarse'
      ? xRateLimit({ reset: 'epoch-seconds', ...stated })
      : xRateLimit({ reset: 'delta-seconds', headers: { reset: 'x-ratelimit-reset-after' }, ...stated })
  const reader = headers === 'none' ? refusesAtOnce : readAll(told, refusesAtOnce)
  return { share, reader, maxConcurrent }
}

/** Nothing but how answers are read: no limit, no length, no kind, no cap. */
function learned(scenario: Scenario, reader: QuotaReader = readerOf(scenario)): ThrottleOptions {
  const { share = 1 } = scenario
  return { share, reader }
}

/** What a profile holds of the vendor's dialect: the headers' names, the form of the reset, and how it refuses. */
function readerOf({ headers }: Scenario): QuotaReader {
  if (headers === 'none') return refusesAtOnce
  const told =
    headers === 'coarse'
      ? xRateLimit({ reset: 'epoch-seconds' })
      : xRateLimit({ reset: 'delta-seconds', headers: { reset: 'x-ratelimit-reset-after' } })
  return readAll(told, refusesAtOnce)
}

/** A transport with as little as there can be between the gate and the wire. */
function plainTransport(): Send {
  const agent = new Agent({ keepAlive: true })
  return ({ url }) =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const headers = Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          )
          resolve({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) })
        })
      }).on('error', reject)
    })
}

function allowed({ perSecond, share = 1 }: Scenario): number {
  return Math.floor(perSecond * share)
}

function retrying(baseURL: string): AxiosInstance {
  const http = axios.create({ baseURL, httpAgent: new Agent({ keepAlive: true }), proxy: false })
  axiosRetry(http, {
    retries: 20,
    retryDelay: (count, error) => axiosRetry.exponentialDelay(count, error),
    retryCondition: (error) => axiosRetry.isNetworkOrIdempotentRequestError(error) || error.response?.status === 429,
  })
  return http
}
