import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { HttpRequest } from '../../src/http/request.ts'
import { quota } from '../../src/quota/quota.ts'
import type { Permit } from '../../src/quota/state.ts'
import { systemRuntime, type Runtime } from '../../src/runtime.ts'

/** What the gate costs by itself. */
export interface GateCost {
  readonly idleMicroseconds: number
  readonly queued: number
  readonly bytesPerCall: number
  readonly drainCpuMs: number
}

const request: HttpRequest = {
  method: 'GET',
  url: 'https://vendor.example/',
  headers: {},
  operation: 'GET /',
  idempotent: true,
}

/** Measures in a process of its own, where the heap can be collected on demand. */
export function measureGate(): Promise<GateCost> {
  const script = fileURLToPath(import.meta.url)
  const output = execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', script], { encoding: 'utf8' })
  return Promise.resolve(JSON.parse(output))
}

/** The median of nine rounds, in microseconds for one call that is let through at once. */
function idleCost(runtime: Runtime): number {
  const rounds = Array.from({ length: 9 }, () => {
    const limits = [
      { name: 'fixed', limit: 1e9, windowMs: 1000 },
      { name: 'bucket', limit: 1e9, windowMs: 1000, kind: 'token-bucket' as const },
    ]
    const shared = quota({ limits, maxConcurrent: 100 })
    const calls = 200_000
    const startedAt = process.hrtime.bigint()
    for (let call = 0; call < calls; call++) {
      const lane = shared.lane('a', 1, request, runtime.now())
      const permit = shared.gate.acquire(lane, { operation: 'GET /', cost: 1, priority: 0 }, runtime)
      if (permit instanceof Promise) throw new Error('There was room for all.')
      shared.gate.release(permit, runtime.now(), runtime)
    }
    return Number(process.hrtime.bigint() - startedAt) / calls / 1000
  })
  return rounds.toSorted((a, b) => a - b)[4] ?? NaN
}

/** Queues calls behind a limit, then lets time pass at will and drains them. */
async function queueCost(queued: number): Promise<Omit<GateCost, 'idleMicroseconds'>> {
  let now = Date.UTC(2030, 0, 1)
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>()
  const after: Runtime['after'] = (ms, callback) => {
    const timer = { due: now + ms, callback }
    timers.add(timer)
    return () => timers.delete(timer)
  }
  const runtime: Runtime = { ...systemRuntime(), now: () => now, after, limit: after }
  const shared = quota({
    limits: [{ name: 'fixed', limit: 1000, windowMs: 1000 }],
    maxConcurrent: 100,
    maxQueue: queued,
  })
  const lane = shared.lane('a', 1, request, runtime.now())
  let served = 0
  const serve = (permit: Permit): void => {
    served++
    shared.gate.release(permit, now, runtime)
  }
  const calls: (Permit | Promise<Permit>)[] = []
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const cpuBefore = process.cpuUsage()
  for (let call = 0; call < queued; call++) {
    const ask = { operation: 'GET /', cost: 1, priority: 0, deadline: now + 3_600_000 + call, signal: undefined }
    calls.push(shared.gate.acquire(lane, ask, runtime))
  }
  globalThis.gc?.()
  const bytesPerCall = (process.memoryUsage().heapUsed - before) / queued
  for (const call of calls) void Promise.resolve(call).then(serve)
  while (served < queued) {
    await new Promise((resolve) => setImmediate(resolve))
    const due = [...timers].toSorted((a, b) => a.due - b.due)[0]
    if (!due) continue
    timers.delete(due)
    now = Math.max(now, due.due)
    due.callback()
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { queued, bytesPerCall, drainCpuMs: (user + system) / 1000 }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify({ idleMicroseconds: idleCost(systemRuntime()), ...(await queueCost(100_000)) }))
}
