import { expect, it } from 'vitest'
import { ConfigurationError, authenticate, stack, type HttpResponse, type Send } from 'hawser'
import { awsSigV4, hmacSigner, httpSignature, parts, signer, type SigningContext } from 'hawser/signing'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { request, response } from '../support/stub.ts'
import { failure, signed } from './signed.ts'

it('signs with a function of the user’s own, and gives it time and chance', async () => {
  const contexts: SigningContext[] = []
  const own = signer({
    kind: 'own',
    sign: (given, context) => {
      contexts.push(context)
      return { ...given, headers: { 'x-sign': `${context.nowMs}` }, secrets: ['s'] }
    },
  })
  expect(await signed(own, request(), 42)).toMatchObject({ headers: { 'x-sign': '42' }, secrets: ['s'] })
  expect(own.kind).toBe('own')
  const [context] = contexts
  expect(context?.uuid()).toMatch(/^[\da-f-]{36}$/)
  expect(context?.uuid()).not.toBe(context?.uuid())
})

it('renews and recognises a refusal as the user says', async () => {
  const { runtime } = fakeClock()
  const own = signer({
    kind: 'own',
    sign: async (given) => given,
    renew: async () => true,
    refused: ({ status }) => status === 419,
  })
  expect(await own.renew?.(request(), runtime)).toBe(true)
  expect(own.refused?.(response(419))).toBe(true)
  expect(own.refused?.(response(401))).toBe(false)
})

/** A vendor whose clock is off, which refuses what is signed more than 30 seconds from its own time. */
function vendor(aheadMs: number, more: Record<string, string> = {}): { send: Send; clock: FakeClock; seen: number[] } {
  const clock = fakeClock()
  const seen: number[] = []
  const credential = signer({
    kind: 'own',
    sign: (given, { nowMs }) => ({ ...given, headers: { ...given.headers, 'x-time': `${nowMs}` } }),
  })
  const answer: Send = async ({ headers }) => {
    clock.advance(100)
    const now = clock.now + aheadMs
    const signedAt = Number(headers['x-time'])
    seen.push(signedAt - now)
    const date = new Date(now).toUTCString()
    return response(Math.abs(signedAt - now) <= 30_000 ? 200 : 401, { date, ...more })
  }
  const origins = ['https://vendor.test', 'http://vendor.test']
  return { send: stack([authenticate({ credential, origins })], answer, clock.runtime), clock, seen }
}

it.each([3_600_000, -3_600_000, 45_000])(
  'signs by the vendor’s clock once an answer has shown it (%i ms)',
  async (ms) => {
    const { send, clock, seen } = vendor(ms)
    expect((await send(request({ method: 'POST', body: 'x' }))).status).toBe(200)
    expect(clock.events).toMatchObject([{ type: 'renew', renewed: true }])
    expect((await send(request())).status).toBe(200)
    expect(seen).toHaveLength(3)
    expect(seen.slice(1).every((off) => Math.abs(off) < 1500)).toBe(true)
  },
)

it('learns nothing of the clock over plain http, out of a cache, or where it is off by days', async () => {
  for (const [made, url] of [
    [vendor(3_600_000), 'http://vendor.test/'],
    [vendor(3_600_000, { age: '0' }), 'https://vendor.test/'],
    [vendor(2 * 86_400_000), 'https://vendor.test/'],
  ] as const) {
    expect((await made.send(request({ url }))).status).toBe(401)
    expect(made.seen).toHaveLength(1)
  }
})

it('does not sign again where the clocks agree', async () => {
  const clock = fakeClock()
  let sends = 0
  const credential = signer({ kind: 'own', sign: (given) => given })
  const send = stack(
    [authenticate({ credential, origins: ['https://vendor.test'] })],
    async () => (sends++, response(401, { date: new Date(clock.now).toUTCString() })),
    clock.runtime,
  )
  await send(request())
  expect(sends).toBe(1)
})

// @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
it('takes AWS’ refusals of a time or of an ended session for such, and no other 403', () => {
  const { refused = () => false } = awsSigV4({ region: 'r', service: 's', accessKeyId: 'a', secretAccessKey: 'b' })
  const answers: [boolean, HttpResponse][] = [
    [true, response(401)],
    [true, response(403, {}, '<Error><Code>RequestTimeTooSkewed</Code></Error>')],
    [true, response(403, {}, '{"message":"Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z"}')],
    [true, response(400, {}, '<Code>ExpiredToken</Code>')],
    [true, response(400, { 'x-amzn-errortype': 'ExpiredTokenException:http://internal.amazon.com/coral/' })],
    [false, response(403, {}, '<Code>AccessDenied</Code>')],
    [false, response(403, {}, '<Code>SignatureDoesNotMatch</Code>')],
    [false, response(500, {}, 'ExpiredToken')],
    [false, response(200, {}, 'ExpiredToken')],
  ]
  for (const [expected, answer] of answers) expect(refused(answer)).toBe(expected)
})

it('takes another status for a refusal where the vendor says it so', () => {
  const refused = ({ status }: HttpResponse): boolean => status === 403
  const hmac = hmacSigner({ secret: 's', signed: [parts.method], signature: { header: 's' }, refused })
  for (const credential of [hmac, httpSignature({ algorithm: 'hmac-sha256', key: 's', refused })]) {
    expect(credential.refused?.(response(403))).toBe(true)
    expect(credential.refused?.(response(401))).toBe(false)
  }
})

it('refuses what is no signer', async () => {
  const sign = (given: unknown): unknown => given
  for (const options of [
    undefined,
    {},
    { kind: 'x' },
    { kind: 'x', sign: 'y' },
    { kind: 'x', sign, key: 'k' },
    { sign },
  ]) {
    expect(await failure(() => signer(options as never))).toBeInstanceOf(ConfigurationError)
  }
})
