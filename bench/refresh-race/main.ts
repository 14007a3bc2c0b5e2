// Every policy of rotation, every fault, short and long tokens: does the connection live, and does anybody hurt it?
import { writeSection } from '../report.ts'
import type { Cell } from './cell.ts'
import { race, type Outcome } from './race.ts'

const rotations: Readonly<Record<string, Cell['rotation']>> = {
  strict: 'strict',
  'grace of 30 s': { kind: 'grace', graceMs: 30_000 },
  'until first use': 'until-first-use',
  reusable: 'reusable',
}

const faults: Readonly<Record<string, Partial<Cell>>> = {
  none: {},
  'pauses of 0.7 s': { pauses: true },
  '15 % of answers lost, 15 % slow': { lost: 0.15, slow: 0.15 },
  '15 % of processes die before they store': { crash: 0.15, leaseMs: 1500 },
}

const base = { processes: 4, callers: 3, leaseMs: 5000, seed: 7 }

/** What must hold of a race. */
export function verdict({ rotation, lost = 0, crash = 0 }: Partial<Cell>, outcome: Outcome): string {
  const { alive, reuse, ended, requestsAfterEnd } = outcome
  if (lost + crash === 0) return alive && reuse === 0 && ended === 0 ? 'held' : 'broken'
  if (alive && ended === 0) return 'held'
  // A strict vendor that has replaced a token whose successor nobody knows has ended the connection; any client can only say so.
  return rotation === 'strict' && ended === 1 && requestsAfterEnd <= 1 ? 'told the end once' : 'broken'
}

export async function run(): Promise<void> {
  const rows: string[] = []
  for (const [policy, rotation] of Object.entries(rotations)) {
    for (const accessTokenMs of [500, 5000]) {
      for (const [fault, facts] of Object.entries(faults)) {
        const cell = { ...base, ...facts, rotation, accessTokenMs, durationMs: accessTokenMs < 1000 ? 4000 : 8000 }
        const outcome = await race(cell)
        const { ok, refreshes, reuse, maxParallel, reauthorize, requestsAfterEnd, crashes } = outcome
        const figures = [ok, refreshes, maxParallel, reuse, crashes, reauthorize, requestsAfterEnd].join(' | ')
        rows.push(`| ${policy} | ${accessTokenMs / 1000} s | ${fault} | ${figures} | ${verdict(cell, outcome)} |`)
        console.log(rows.at(-1))
      }
    }
  }
  writeSection('refresh-race', [
    '## Refresh race',
    '',
    'Four processes with three callers each use one connection over a file store for four seconds, or eight where its tokens live for five, as fast as the vendor answers. The vendor, in a process of its own, rotates the refresh token by its policy and counts what comes twice. `npm run bench -- refresh-race`.',
    '',
    '| rotation | token life | faults | calls | refreshes | at once | used token came again | crashes | calls told to reauthorize | requests after the end | |',
    '| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    '',
    'A strict vendor that loses the answer, or a process that dies before it stores, leaves a connection that no client can save; what can be had then is one refusal, one `reauthorize` event, and no further requests.',
  ])
}
