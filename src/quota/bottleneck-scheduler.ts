import type { Scheduler } from './scheduler.ts'
export function bottleneckScheduler(_limiter: unknown): Scheduler {
  return { name: 'bottleneck', acquire: (gate, lane, ask, runtime) => gate.acquire(lane, ask, runtime) }
}
