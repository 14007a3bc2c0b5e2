import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { attemptTimeout, stack, type HttpResponse } from 'hawser'
import { mockVendor, type Fault, type MockVendorOptions } from 'hawser/testing'
import { request } from '../support/stub.ts'

const body = JSON.stringify({ title: 'x'.repeat(2_000) })
const half = body.slice(0, body.length / 2)
const tracker = {
  origin: 'https://tracker.test',
  respond: (): Response => new Response(body, { headers: { 'content-type': 'application/json' } }),
}

const brokenAt = (phase: string, reason = 'ECONNRESET'): object => ({ code: 'NETWORK', phase, reason })
const timeout = (limit: string): object => ({ code: 'TIMEOUT', limit })
const answer = (over: object = {}): object => ({
  status: 200,
  type: 'application/json',
  date: 'Tue, 01 Jan 2030 00:00:00 GMT',
  body,
  ...over,
})

interface Case {
  readonly fault: Fault
  /** What the caller of a send is told. */
  readonly buffered: object
  /** What a caller is told who asked for a stream. @default the same */
  readonly streamed?: object
  /** Virtual milliseconds. @default 0 */
  readonly tookMs?: number
  readonly streamTookMs?: number
}

// Each line is what real sockets give, and the other fronts have to give the same.
const cases: readonly Case[] = [
  {
    fault: { kind: 'status', status: 503, retryAfterSeconds: 20, body: '{"message":"down"}' },
    buffered: answer({ status: 503, retryAfter: '20', type: 'text/plain;charset=UTF-8', body: '{"message":"down"}' }),
  },
  {
    fault: { kind: 'status', status: 429, retryAfterSeconds: 20, retryAfterAs: 'date' },
    buffered: answer({ status: 429, retryAfter: 'Tue, 01 Jan 2030 00:00:20 GMT', type: undefined, body: '' }),
  },
  { fault: { kind: 'status', status: 304 }, buffered: answer({ status: 304, type: undefined, body: '' }) },
  { fault: { kind: 'latency', ms: 5_000 }, buffered: answer(), tookMs: 5_000 },
  { fault: { kind: 'latency', ms: 15_000 }, buffered: timeout('attempt'), tookMs: 10_000 },
  { fault: { kind: 'slow-body', ms: 8_000 }, buffered: answer(), tookMs: 8_000 },
  {
    fault: { kind: 'slow-body', ms: 16_000 },
    buffered: timeout('attempt'),
    tookMs: 10_000,
    // Piece by piece: a stream is bounded by the time between two of them.
    streamed: answer(),
    streamTookMs: 16_000,
  },
  {
    fault: { kind: 'slow-body', ms: 160_000 },
    buffered: timeout('attempt'),
    tookMs: 10_000,
    streamed: { status: 200, body: '', ...timeout('idle') },
  },
  { fault: { kind: 'stall' }, buffered: timeout('attempt'), tookMs: 10_000 },
  {
    fault: { kind: 'stall', at: 'body' },
    buffered: timeout('attempt'),
    tookMs: 10_000,
    streamed: { status: 200, body: half, ...timeout('idle') },
  },
  { fault: { kind: 'reset' }, buffered: brokenAt('headers') },
  { fault: { kind: 'reset', processed: true }, buffered: brokenAt('headers') },
  {
    fault: { kind: 'reset', at: 'body' },
    buffered: brokenAt('body'),
    streamed: { status: 200, body: half, ...brokenAt('body') },
  },
  { fault: { kind: 'fin' }, buffered: brokenAt('headers') },
  {
    fault: { kind: 'truncated' },
    buffered: brokenAt('body'),
    streamed: { status: 200, body: half, ...brokenAt('body') },
  },
  {
    fault: { kind: 'truncated', framing: 'chunked' },
    buffered: brokenAt('body'),
    streamed: { status: 200, body: half, ...brokenAt('body') },
  },
  { fault: { kind: 'garbage' }, buffered: brokenAt('headers', 'HPE_INVALID_CONSTANT') },
  { fault: { kind: 'malformed-json' }, buffered: answer({ body: body.slice(0, -1) }) },
  { fault: { kind: 'wrong-type' }, buffered: answer({ type: 'text/html' }) },
  { fault: { kind: 'skewed-date', ms: -3_600_000 }, buffered: answer({ date: 'Mon, 31 Dec 2029 23:00:00 GMT' }) },
]

/** Every fault on every front: what a client is told is what real sockets tell it. */
export function paritySuite(fronts: Readonly<Record<string, () => MockVendorOptions>>): void {
  const sends = Object.keys(fronts).flatMap((front) =>
    cases.flatMap(({ fault, ...means }) =>
      [false, true].map((stream) => ({ front, stream, fault, ...means, name: JSON.stringify(fault) })),
    ),
  )

  it.each(sends)('$front, stream: $stream: $name', async ({ front, stream, fault, ...means }) => {
    using vendor = mockVendor(tracker, fronts[front]?.())
    vendor.fault(fault)
    const send = stack([attemptTimeout(10_000)], vendor.options.transport, vendor.options.runtime)
    const began = vendor.clock.now
    const ask = (path: string): Promise<object> => toldOf(send(request({ url: `https://tracker.test${path}`, stream })))

    const { buffered, streamed, tookMs = 0, streamTookMs = tookMs } = means
    expect(await ask('/tickets/1')).toMatchObject(asTransportSays(stream ? (streamed ?? buffered) : buffered, front))
    expect(vendor.clock.now - began).toBe(stream ? streamTookMs : tookMs)
    expect(vendor.clock.pending).toBe(0)
    // A fault spoils nothing of what comes after it.
    expect(await ask('/tickets/2')).toMatchObject({ status: 200, body })
    expect(vendor.requests).toHaveLength(2)
  })
}

/** undici's parser has no code of its own for what is no HTTP. */
function asTransportSays(told: object, front: string): object {
  return 'reason' in told && told.reason === 'HPE_INVALID_CONSTANT' && front.endsWith('undici')
    ? { ...told, reason: 'HPE_INVALID' }
    : told
}

/** Gives all that the caller of a send can tell of it. */
async function toldOf(sending: Promise<HttpResponse>): Promise<object> {
  const chunks: Uint8Array[] = []
  let head: object = {}
  try {
    const { status, headers, body } = await sending
    head = { status, type: headers['content-type'], date: headers['date'], retryAfter: headers['retry-after'] }
    if (!(body instanceof Readable)) return { ...head, body: Buffer.from(body).toString() }
    for await (const chunk of body) chunks.push(chunk)
    return { ...head, body: Buffer.concat(chunks).toString() }
  } catch (error) {
    return {
      ...head,
      body: Buffer.concat(chunks).toString(),
      ...(error instanceof Error && { ...error, code: Reflect.get(error, 'code') }),
    }
  }
}
