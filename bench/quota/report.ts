import type { GateCost } from './gate-cost.ts'
import type { Run } from './measure.ts'
import type { Scenario } from './scenarios.ts'

/** Writes the results as a section of Markdown. */
export function tableOf(
  scenarios: readonly Scenario[],
  clients: readonly string[],
  results: ReadonlyMap<string, readonly Run[]>,
  conditions: string,
  gate: GateCost | undefined,
): string {
  const rows = clients.map((client) => {
    const cells = scenarios.map(({ id }) => cell(results.get(`${id} ${client}`) ?? []))
    return `| ${client} | ${cells.join(' | ')} |`
  })
  return `## Quota

A vendor in a process of its own, on the loopback interface, serves each call in 40 to 60 ms (the same in every run) and
refuses what is over its limit. **Utilisation** is the shortest possible time, computed with full knowledge, divided by the
time it took; after it, the number of 429s. In the shared scenario the last figure is the part of its 30 calls a second that
the neighbour got. All clients are given the limit, the length and the kind of its window, and the cap. *Limit learned* is
given all but the limit, as a profile is where the limit depends on the customer, and reads it from the answers. *Learned* is given
none of them: it knows how to read the answers and finds all else. In S3 both are also told their share.
Peers are used as their own documentation shows, with axios-retry for the 429s.

${scenarios.map(({ id, title, calls }) => `- **${id}**: ${title}; ${calls} calls`).join('\n')}

| client | ${scenarios.map(({ id }) => id).join(' | ')} |
|---|${scenarios.map(() => '---|').join('')}
${rows.join('\n')}

${conditions} A dash: the client does not do it, or did not finish within 90 s.

${gate ? costOf(gate) : ''}Run it with \`npm run bench -- quota\`; a part of it, which is not written, with \`npm run bench -- quota --scenario S4 --client bottleneck --runs 1\`.`
}

function costOf(gate: GateCost): string {
  return `The gate by itself: ${gate.idleMicroseconds.toFixed(2)} µs for an admitted call on the idle path (acquire and release, two windows and a cap).
${gate.queued.toLocaleString('en')} queued calls, each with a deadline: ${gate.bytesPerCall.toFixed(0)} bytes each, queued and drained in ${gate.drainCpuMs.toFixed(0)} ms of CPU.

`
}

function cell(runs: readonly Run[]): string {
  if (runs.length === 0) return '–'
  const refused = median(runs.map((run) => run.refused))
  const neighbour = runs.flatMap((run) => run.neighbour ?? [])
  const share = neighbour.length > 0 ? ` / ${Math.round(median(neighbour) * 100)} %` : ''
  return `${median(runs.map(({ utilisation }) => utilisation)).toFixed(2)} / ${refused}${share}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}
