/**
 * A vendor with a quota, in a process of its own: `vendor.ts <scenario>`. Tells its port on the first line; answers
 * `GET /stats` with what it counted since `POST /start`.
 */
import { createServer, type ServerResponse } from 'node:http'
import { createLimiter, ietfHeaders, retryAfterSeconds, xRateLimitHeaders, type LimitState } from 'hawser/testing'
import { scenarios } from './scenarios.ts'

const scenario = scenarios.find(({ id }) => id === process.argv[2])
if (!scenario) throw new Error('usage: vendor.ts S1..S8')
const { kind, perSecond, cap, change, neighbour, headers: headerStyle } = scenario

const name = 'default'
const limiter = createLimiter({
  limits: [{ name, limit: perSecond, windowMs: 1000, kind, scope: 'app' }],
  ...(cap !== undefined && { maxConcurrent: cap }),
})
const coarse = xRateLimitHeaders({ reset: 'epoch-seconds' })
const draft = ietfHeaders()

let startedAt = Infinity
const stats = { served: 0, refused: 0, neighbourServed: 0, neighbourRefused: 0 }

// The same service times in every run. @see https://en.wikipedia.org/wiki/Linear_congruential_generator
let seed = 42
function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}

function writeHeaders(response: ServerResponse, states: readonly LimitState[], now: number): void {
  if (headerStyle === 'none') return
  const resetMs = (states[0]?.resetsAt ?? now) - now
  const fine = headerStyle === 'full' && {
    'x-ratelimit-reset-after': (resetMs / 1000).toFixed(3),
    ...draft(states, now),
  }
  for (const [header, value] of Object.entries({ ...coarse(states, now), ...fine })) response.setHeader(header, value)
}

const server = createServer((request, response) => {
  const now = Date.now()
  response.setHeader('content-type', 'application/json')
  if (request.url === '/start') {
    startedAt = now
    Object.assign(stats, { served: 0, refused: 0, neighbourServed: 0, neighbourRefused: 0 })
    response.end('{}')
    return
  }
  if (request.url === '/stats') {
    response.end(JSON.stringify(stats))
    return
  }
  if (change && now - startedAt >= change.afterMs) limiter.change(name, change.perSecond)
  const admission = limiter.admit({ method: 'GET', url: `http://vendor${request.url}`, headers: {} }, now)
  // What remains is told as it stood on arrival, as most vendors do.
  writeHeaders(response, admission.states, now)
  if (!admission.ok) {
    stats.refused++
    response.statusCode = 429
    if (headerStyle !== 'none') response.setHeader('retry-after', retryAfterSeconds(admission.refusal))
    response.end(JSON.stringify({ reason: admission.refusal.of }))
    return
  }
  stats.served++
  setTimeout(
    () => {
      admission.leave()
      response.end('{"ok":true}')
    },
    40 + random() * 20,
  )
})

if (neighbour !== undefined) {
  let due = Date.now()
  const tick = (): void => {
    for (; due <= Date.now(); due += 1000 / neighbour) {
      if (limiter.spend(name, 1, Date.now())) stats.neighbourServed++
      else stats.neighbourRefused++
    }
    setTimeout(tick, Math.max(1, due - Date.now()))
  }
  tick()
}

server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(typeof address === 'object' && address ? address.port : 0)
})
