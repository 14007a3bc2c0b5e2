/**
 * A vendor with a quota, in a process of its own: `vendor.ts <scenario>`. Tells its port on the first line; answers
 * `GET /stats` with what it counted since `POST /start`.
 */
import { createServer, type ServerResponse } from 'node:http'
import { scenarios } from './scenarios.ts'

const scenario = scenarios.find(({ id }) => id === process.argv[2])
if (!scenario) throw new Error('usage: vendor.ts S1..S8')
const { kind, cap = Infinity, change, neighbour, headers: headerStyle } = scenario

let startedAt = Infinity
let active = 0
let windowStart = 0
let used = 0
let log: number[] = []
const stats = { served: 0, refused: 0, neighbourServed: 0, neighbourRefused: 0 }

// The same service times in every run. @see https://en.wikipedia.org/wiki/Linear_congruential_generator
let seed = 42
function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}

function limitAt(now: number): number {
  return change && now - startedAt >= change.afterMs ? change.perSecond : (scenario?.perSecond ?? 0)
}

function remainingAt(now: number): number {
  if (kind === 'sliding') {
    log = log.filter((at) => at > now - 1000)
    return limitAt(now) - log.length
  }
  const start = Math.floor(now / 1000) * 1000
  if (start > windowStart) {
    windowStart = start
    used = 0
  }
  return limitAt(now) - used
}

function admit(now: number): boolean {
  if (remainingAt(now) <= 0) return false
  if (kind === 'sliding') log.push(now)
  else used++
  return true
}

function resetMs(now: number): number {
  if (kind === 'sliding') return log[0] === undefined ? 1000 : log[0] + 1000 - now
  return windowStart + 1000 - now
}

function writeHeaders(response: ServerResponse, now: number): void {
  if (headerStyle === 'none') return
  const remaining = Math.max(0, remainingAt(now))
  response.setHeader('x-ratelimit-limit', limitAt(now))
  response.setHeader('x-ratelimit-remaining', remaining)
  response.setHeader('x-ratelimit-reset', Math.ceil((now + resetMs(now)) / 1000))
  if (headerStyle === 'coarse') return
  response.setHeader('x-ratelimit-reset-after', (resetMs(now) / 1000).toFixed(3))
  response.setHeader('ratelimit-policy', `"default";q=${limitAt(now)};w=1`)
  response.setHeader('ratelimit', `"default";r=${remaining};t=${Math.ceil(resetMs(now) / 1000)}`)
}

function refuse(response: ServerResponse, now: number, reason: string): void {
  stats.refused++
  response.statusCode = 429
  writeHeaders(response, now)
  if (headerStyle !== 'none') response.setHeader('retry-after', Math.max(1, Math.ceil(resetMs(now) / 1000)))
  response.end(JSON.stringify({ reason }))
}

const server = createServer((request, response) => {
  const now = Date.now()
  response.setHeader('content-type', 'application/json')
  if (request.url === '/start') {
    startedAt = now
    Object.assign(stats, { served: 0, refused: 0, neighbourServed: 0, neighbourRefused: 0 })
    response.end('{}')
  } else if (request.url === '/stats') response.end(JSON.stringify(stats))
  else if (active >= cap) refuse(response, now, 'concurrency')
  else if (!admit(now)) refuse(response, now, 'rate')
  else {
    stats.served++
    active++
    // What remains is told as it stood on arrival, as most vendors do.
    writeHeaders(response, now)
    setTimeout(
      () => {
        active--
        response.end('{"ok":true}')
      },
      40 + random() * 20,
    )
  }
})

if (neighbour !== undefined) {
  let due = Date.now()
  const tick = (): void => {
    for (; due <= Date.now(); due += 1000 / neighbour) {
      if (admit(Date.now())) stats.neighbourServed++
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
