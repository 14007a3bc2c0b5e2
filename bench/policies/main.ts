// What the policies cost over a transport that costs nothing, beside cockatiel's own composition of the same five.
// Interleaved rounds in one process; the median of the rounds is what counts, and the ratio more than the figure.
import {
  bulkhead as cockatielBulkhead,
  circuitBreaker as cockatielCircuit,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'
import {
  HttpClient,
  attemptTimeout,
  bulkhead,
  circuitBreaker,
  deadline,
  retry,
  stack,
  systemRuntime,
  type HttpRequest,
  type HttpResponse,
} from 'hawser'
import { writeSection } from '../report.ts'

const answer: HttpResponse = { status: 200, headers: {}, body: new Uint8Array() }
const transport = async (): Promise<HttpResponse> => answer
// As a client builds it: every field is there, so that a copy with one changed keeps its hidden class.
const request: HttpRequest = new HttpClient({
  vendor: 'bench',
  baseUrl: 'https://vendor.test',
  origins: ['https://vendor.test'],
  headers: {},
  idempotencyKeys: false,
  send: transport,
  runtime: systemRuntime(),
}).build('GET', '/')

const hawser = stack([deadline(60_000), retry(), circuitBreaker(), bulkhead(), attemptTimeout(30_000)], transport)
const naive = wrap(
  cockatielTimeout(60_000, TimeoutStrategy.Cooperative),
  cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
  cockatielCircuit(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
  cockatielBulkhead(50, 1_000),
  cockatielTimeout(30_000, TimeoutStrategy.Cooperative),
)

const subjects: readonly {
  readonly name: string
  readonly call: () => Promise<HttpResponse>
  readonly calls: number
  readonly took: number[]
}[] = [
  { name: 'the transport alone', call: transport, calls: 50_000, took: [] },
  {
    name: 'hawser: deadline, retry, breaker, bulkhead, attempt timeout',
    call: () => hawser(request),
    calls: 50_000,
    took: [],
  },
  {
    name: 'cockatiel: `wrap` of timeout, retry, breaker, bulkhead, timeout',
    call: () => naive.execute(transport),
    calls: 5_000,
    took: [],
  },
]

async function round(call: () => Promise<HttpResponse>, calls: number): Promise<number> {
  globalThis.gc?.()
  const from = process.hrtime.bigint()
  for (let left = calls; left > 0; left--) await call()
  return Number(process.hrtime.bigint() - from) / calls / 1_000
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

export async function run(): Promise<void> {
  for (const { call, calls } of subjects) await round(call, calls)
  for (let rounds = 0; rounds < 11; rounds++) {
    for (const { call, calls, took } of subjects) took.push(await round(call, calls))
  }
  const [base = Number.NaN, ours = Number.NaN, theirs = Number.NaN] = subjects.map(({ took }) => median(took))
  const rows = subjects.map(
    ({ name, took }) =>
      `| ${name} | ${median(took).toFixed(2)} | ${Math.min(...took).toFixed(2)} | ${Math.max(...took).toFixed(2)} |`,
  )
  writeSection('policies', [
    '## Policies over a stub transport',
    '',
    'One awaited call at a time, microseconds a call, 11 interleaved rounds. `npm run bench -- policies`.',
    '',
    '| stack | median µs | min | max |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
    `The bookkeeping of the five policies costs ${(ours - base).toFixed(2)} µs a call; the bar is 5. cockatiel’s composition costs ${(theirs / ours).toFixed(0)} times as much, nearly all of it in its two timeouts.`,
  ])
}
