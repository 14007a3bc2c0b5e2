import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { writeSection } from '../report.ts'
import { asymmetric, raw, symmetric, type Case } from './cases.ts'
import type { Measured, Times } from './process.ts'

const processes = 15

async function measure(): Promise<Measured> {
  const script = fileURLToPath(new URL('process.ts', import.meta.url))
  const [measured]: Measured[] = await once(fork(script, { execArgv: process.execArgv }), 'message')
  if (!measured) throw new Error('A process measured nothing.')
  return measured
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN

/** How often the time of another case a case takes: in each process, and of these the one in the middle. */
function ratioOf(name: string, base: string, results: readonly Times[]): number {
  return median(results.map((times) => (times[name] ?? NaN) / (times[base] ?? NaN)))
}

const inTimes = (ratio: number): string => `${ratio.toFixed(2)} ×`

function table(title: string, cases: readonly Case[], results: readonly Times[]): string[] {
  const hasRaw = cases.some(({ name }) => name === raw)
  const columns = hasRaw ? ['to raw', 'to the same by hand'] : ['to raw']
  const rows = cases.map(({ name, byHand }) => {
    const us = median(results.map((times) => times[name] ?? NaN)).toFixed(2)
    const toRaw = hasRaw ? [inTimes(ratioOf(name, raw, results))] : []
    return `| ${[name, us, ...toRaw, byHand === undefined ? '' : inTimes(ratioOf(name, byHand, results))].join(' | ')} |`
  })
  const head = ['verification', 'CPU µs', ...columns]
  return ['', `**${title}**`, '', `| ${head.join(' | ')} |`, `| --- |${' ---: |'.repeat(head.length - 1)}`, ...rows]
}

/** The dearest of hawser's rows in one way of use, beside what it may cost. */
function bar(way: 'verifier' | 'verify', size: string, most: string, results: readonly Times[]): string {
  const names = Object.keys(results[0] ?? {}).filter((name) => name.startsWith(`hawser \`${way}(`))
  const rows = names.map((name) => ({ name, ratio: ratioOf(name, raw, results) }))
  const [{ name, ratio } = { name: '', ratio: NaN }] = rows.toSorted((a, b) => b.ratio - a.ratio)
  return `| ${name}, the dearest at ${size}, to raw | ${inTimes(ratio)} | ${most} × |`
}

/** What `verify` does in each call and `verifier` does once, in parts of raw. */
function readying(scheme: string, results: readonly Times[]): string {
  const [each = NaN, once = NaN] = ['verify', 'verifier'].map((way) =>
    ratioOf(`hawser \`${way}(${scheme})\``, raw, results),
  )
  return (each - once).toFixed(2)
}

export async function run(): Promise<void> {
  const results: Measured[] = []
  for (let n = 0; n < processes; n++) results.push(await measure())
  const [short, long, keys] = [
    results.map((one) => one.short),
    results.map((one) => one.long),
    results.map((one) => one.keys),
  ]
  writeSection('webhooks', [
    '## Webhooks',
    '',
    `Medians of ${processes} processes, each of which runs all cases in turn. _Raw_ is the least that can be measured: the digest of the body under a key that is at hand, compared with a signature that is at hand. _By hand_ is the least that can be used: a few lines for one vendor that find the signature, put the scheme’s content together, compare in constant time and look at the time; they trust the headers to be single and in lower case, and say nothing of why. A secret is given as the vendor shows it. \`verifier\` makes secrets ready once, \`verify\` in each call. \`npm run bench -- webhooks\`.`,
    ...table('HMAC-SHA256, 1 KB', symmetric(1024), short),
    ...table('HMAC-SHA256, 100 KB', symmetric(102_400), long),
    ...table('Public keys, 1 KB', asymmetric(1024), keys),
    '',
    '| bar | measured | at most |',
    '| --- | ---: | ---: |',
    bar('verifier', '1 KB', '1.35', short),
    bar('verify', '1 KB', '1.35', short),
    bar('verifier', '100 KB', '1.10', long),
    bar('verify', '100 KB', '1.10', long),
    '',
    `What is dear in \`verify\` at 1 KB is making the secret ready in each call: ${readying('stripe', short)} of raw for Stripe’s, which is text, and ${readying('standardWebhooks', short)} for that of Standard Webhooks, whose base64 is checked and decoded. \`verify\` keeps nothing between calls, so an endpoint that counts its microseconds uses \`verifier\`, as \`receiver\` does.`,
  ])
}
