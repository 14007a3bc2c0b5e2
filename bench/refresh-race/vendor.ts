// The vendor of the race, in a process of its own: an authorization server on a real socket. Tells its address, then what it saw.
import { systemRuntime } from 'hawser'
import { authorizationServer, tokenFaults } from 'hawser/testing'
import { served } from '../../test/support/served.ts'
import type { Cell, Seen } from './cell.ts'

const cell: Cell = JSON.parse(process.argv[2] ?? '')
const { rotation, accessTokenMs, lost = 0, slow = 0, seed } = cell

const server = authorizationServer({
  clock: { runtime: systemRuntime() },
  rotation,
  accessTokenMs,
  latencyMs: 20,
  chaos: {
    seed,
    grant: 'refresh_token',
    faults: [
      { fault: tokenFaults.dropAfter(), probability: lost / 2 },
      { fault: tokenFaults.dropBefore(), probability: lost / 2 },
      { fault: tokenFaults.slow(400), probability: slow },
    ],
  },
})
let requestsAfterEnd = 0
const { url } = await served({
  origin: server.origin,
  respond(request) {
    if (server.counters.familiesRevoked > 0 && request.method === 'POST') requestsAfterEnd++
    return server.respond(request)
  },
})

process.on('disconnect', () => process.exit())
process.on('message', () => {
  const { refreshes, maxParallelRefreshes, reuseDetections, familiesRevoked, requests } = server.counters
  const seen: Seen = {
    refreshes,
    reuse: reuseDetections,
    maxParallel: maxParallelRefreshes,
    familiesRevoked,
    requests: requests['refresh_token'] ?? 0,
    requestsAfterEnd,
  }
  process.send?.(seen, () => process.exit())
})
process.send?.({ url, ...server.connect() })
