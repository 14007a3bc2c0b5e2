import { ConsecutiveBreaker } from 'cockatiel'
import { expect, it } from 'vitest'
import {
  CircuitOpenError,
  Connector,
  anonymous,
  apiKey,
  axiosTransport,
  bulkhead,
  circuitBreaker,
  deadline,
  fallback,
  fullJitter,
  retry,
  retryBudget,
  redirect,
  stack,
  throttledBy,
  type VendorProfile,
} from 'hawser'
import { github } from 'hawser/github'
import { request, response, script } from '../support/stub.ts'

class Keyed extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'keyed',
    baseUrl: 'https://vendor.test',
    idempotency: { header: 'Idempotency-Key' },
  }
}
it('waiting for a place past the deadline is our own refusal and does not open the circuit', async () => {
  const send = stack(
    [deadline(60_000), circuitBreaker({ breaker: () => new ConsecutiveBreaker(3) }), bulkhead({ maxConcurrent: 1 })],
    async () => {
      await new Promise((r) => setTimeout(r, 300))
      return response(200)
    },
  )
  const first = send(request())
  for (let i = 0; i < 3; i++) await send(request({ deadline: Date.now() + 20 })).catch(() => {})
  await first
  await expect(send(request())).resolves.toMatchObject({ status: 200 })
})
it('a reader of throttles that throws does not keep the circuit half-open for ever', async () => {
  let down = true
  const send = stack(
    [
      circuitBreaker({
        breaker: () => new ConsecutiveBreaker(1),
        openMs: 10,
        throttled: ({ status }) => {
          if (status === 299) throw new Error('bug')
          return undefined
        },
      }),
    ],
    async () => response(down ? 503 : 299),
  )
  await send(request())
  await new Promise((r) => setTimeout(r, 20))
  down = false
  await send(request()).catch(() => {})
  await new Promise((r) => setTimeout(r, 20))
  const error: unknown = await send(request()).catch((e: unknown) => e)
  expect(error).not.toBeInstanceOf(CircuitOpenError)
})
it('refuses a key for a method that the vendor honours none for', async () => {
  const { send, sent } = script(response(200))
  const { http } = new Keyed({ auth: anonymous(), transport: send })
  await expect(http.patch('/x', { json: {}, idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  expect(sent).toEqual([])
})
it('refuses a key where idempotency is switched off', async () => {
  const { send, sent } = script(response(200))
  const { http } = new Keyed({ auth: anonymous(), transport: send, idempotency: false })
  await expect(http.post('/x', { json: {}, idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  expect(sent).toEqual([])
})
it('GitHub: nothing remaining and no reset time is not a wait of NaN', () => {
  const throttled = throttledBy(github.quota?.reader)
  expect(throttled(response(403, { 'x-ratelimit-remaining': '0' }), 0)).toEqual({ retryAfterMs: undefined })
})
it('a refused call is not counted as sent', async () => {
  const { send, sent } = script(response(503))
  const { http } = new Keyed({
    auth: anonymous(),
    transport: send,
    circuitBreaker: { breaker: () => new ConsecutiveBreaker(2) },
    retry: { backoff: () => 1 },
  })
  const error: unknown = await http.get('/x').catch((e: unknown) => e)
  expect((error as { attempts: number }).attempts).toBe(sent.length)
})
it('a call that was never sent tells 0 attempts', async () => {
  const { send, sent } = script(response(200))
  const { http } = new Keyed({
    auth: anonymous(),
    transport: send,
    circuitBreaker: (() => {
      const b = circuitBreaker()
      b.isolate()
      return b
    })(),
  })
  const error: unknown = await http.get('/x').catch((e: unknown) => e)
  expect([(error as { attempts: number }).attempts, sent.length]).toEqual([0, 0])
})
it('a kept answer is not changed by who got it', async () => {
  const { send } = script(response(200, {}, 'good'), response(503))
  const policy = stack([fallback({ staleIfErrorMs: 60_000 })], send)
  const first = await policy(request())
  ;(first.body as Uint8Array).fill(0)
  expect(String((await policy(request())).body)).toBe('good')
})
for (const [name, make] of Object.entries({
  'fullJitter baseMs NaN': () => fullJitter({ baseMs: NaN }),
  'fullJitter unknown': () => fullJitter({ bas: 1 } as never),
  'retryBudget capacity text': () => retryBudget({ capacity: '5' as never }),
  'retryBudget unknown': () => retryBudget({ tokens: 5 } as never),
  'redirect.maxHops NaN': () => redirect({ maxHops: NaN }),
  'fallback.maxEntries NaN': () => fallback({ maxEntries: NaN }),
  'circuitBreaker.forgetMs text': () => circuitBreaker({ forgetMs: 'x' as never }),
  'retry null': () => retry(null as never),
  'retry backoff number': () => retry({ backoff: 5 as never }),
  'axiosTransport unknown': () => axiosTransport({ maxResponseByte: 1 } as never),
  'axiosTransport maxResponseBytes NaN': () => axiosTransport({ maxResponseBytes: NaN }),
  'axiosTransport maxResponseBytes text': () => axiosTransport({ maxResponseBytes: '5MB' as never }),
  'apiKey header with a line break': () => apiKey({ header: 'x\r\ny', key: 'k' }),
  'apiKey prefix with a line break': () => apiKey({ header: 'x', prefix: 'a\r\nb: ', key: 'k' }),
  'apiKey unknown option': () => apiKey({ header: 'x', key: 'k', prefx: 'y' } as never),
  'apiKey null': () => apiKey(null as never),
  'connector without options': () => Reflect.construct(Keyed, []),
  'connector retry: true': () => new Keyed({ auth: anonymous(), retry: true as never }),
  'connector retry: 3': () => new Keyed({ auth: anonymous(), retry: 3 as never }),
  'connector transport null': () => new Keyed({ auth: anonymous(), transport: null as never }),
  'connector onEvent text': () => new Keyed({ auth: anonymous(), onEvent: 'x' as never }),
  'connector headers array': () => new Keyed({ auth: anonymous(), headers: new Headers({ a: 'b' }) as never }),
})) {
  it(`refuses when made: ${name}`, () => {
    expect(make).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(CONFIGURATION|INVALID_REQUEST)$/) }))
  })
}
