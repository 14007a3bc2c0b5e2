// One process of several that measure the same: what the compiler makes of code differs from one to the next.
import { symmetric, asymmetric, type Case } from './cases.ts'

const rounds = 31

async function measure(cases: readonly Case[], iterations: number): Promise<Times> {
  const samples = new Map<string, number[]>(cases.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds + 4; round++) {
    // Another order in each round, and no garbage of one case's collected in another's time.
    const order = cases.map((one) => ({ one, at: Math.random() })).toSorted((a, b) => a.at - b.at)
    for (const { one } of order) {
      globalThis.gc?.({ type: 'minor' })
      const before = process.cpuUsage()
      for (let n = 0; n < iterations; n++) {
        const result = one.run()
        if (result instanceof Promise) await result
      }
      const { user, system } = process.cpuUsage(before)
      // The first rounds warm up.
      if (round >= 4) samples.get(one.name)?.push((user + system) / iterations)
    }
  }
  return Object.fromEntries(
    [...samples].map(([name, times]) => [name, times.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN]),
  )
}

/** Microseconds of CPU for one verification, by the name of its case. */
export type Times = Readonly<Record<string, number>>

/** What one process measures. */
export interface Measured {
  readonly short: Times
  readonly long: Times
  readonly keys: Times
}

const measured: Measured = {
  short: await measure(symmetric(1024), 400),
  long: await measure(symmetric(102_400), 12),
  keys: await measure(asymmetric(1024), 40),
}
process.send?.(measured, () => process.disconnect())
