import { expect, it } from 'vitest'
import {
  ReauthorizationRequiredError,
  anonymous,
  authenticate,
  memoryTokenStore,
  refusedByBody,
  stack,
  tokenCredential,
  tokenSource,
  type Attach,
  type Credential,
  type GrantRequest,
  type HttpRequest,
  type HttpResponse,
  type Send,
  type TokenCredentialOptions,
  type TokenStore,
  type Tokens,
} from 'hawser'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { request, response } from '../support/stub.ts'
import { answerOf, scriptedGrant, type Step } from './scripted-grant.ts'

interface Over extends TokenCredentialOptions {
  readonly steps?: readonly Step[]
  readonly tokens?: Partial<Tokens>
  readonly store?: TokenStore
}

/** A vendor that takes the tokens for which `takes` says so, behind `authenticate`. */
async function vendor(
  takes: (token: string, request: HttpRequest) => boolean | HttpResponse,
  { steps = [{}], tokens = {}, store, ...options }: Over = {},
): Promise<{ send: Send; sent: HttpRequest[]; asked: () => number; clock: FakeClock }> {
  const clock = fakeClock()
  const grant = scriptedGrant(steps)
  const source = tokenSource({ connection: 'acme', grant, ...(store && { store }) })
  const first = { accessToken: 'access-0', refreshToken: 'r', obtainedAt: clock.now, expiresAt: clock.now + 3_600_000 }
  await source.put(answerOf({ ...first, ...tokens }), clock.runtime)
  const sent: HttpRequest[] = []
  const origins = ['https://vendor.test']
  const send = stack(
    [authenticate({ credential: tokenCredential(source, options), origins, hosts: options.hosts })],
    async (asked) => {
      sent.push(asked)
      const taken = takes((asked.headers['authorization'] ?? '').slice('Bearer '.length), asked)
      return typeof taken === 'object' ? taken : response(taken ? 200 : 401)
    },
    clock.runtime,
  )
  return { send, sent, asked: () => grant.asked.length, clock }
}

it('S26: answers 50 refusals at once with one refresh and 50 replays', async () => {
  const { send, sent, asked } = await vendor((token) => token === 'access-1')
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(request())))
  expect(answers.every(({ status }) => status === 200)).toBe(true)
  expect(asked()).toBe(1)
  expect(sent).toHaveLength(100)
})

it('S26: answers a late refusal of an old token with the present one, and asks nobody', async () => {
  const clock = fakeClock()
  const grant = scriptedGrant()
  const source = tokenSource({ connection: 'acme', grant })
  const login = (accessToken: string): Promise<unknown> =>
    source.put(answerOf({ accessToken, refreshToken: 'r', obtainedAt: clock.now }), clock.runtime)
  await login('old')
  let refuse = (): void => {}
  const send = stack(
    [authenticate({ credential: tokenCredential(source), origins: ['https://vendor.test'] })],
    async ({ headers }) => {
      if (headers['authorization'] !== 'Bearer old') return response(200)
      await new Promise<void>((resolve) => (refuse = resolve))
      return response(401)
    },
    clock.runtime,
  )
  const waiting = send(request())
  await new Promise(setImmediate)
  await login('new')
  refuse()
  expect(await waiting).toMatchObject({ status: 200 })
  expect(grant.asked).toEqual([])
})

it('rejects 50 refused calls alike where the refresh fails, after one try', async () => {
  const { send, asked } = await vendor(() => false, { steps: ['reauthorize'] })
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => send(request())))
  const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'answered'))
  expect(new Set(codes)).toEqual(new Set(['REAUTHORIZATION_REQUIRED']))
  expect(asked()).toBe(1)
})

it('S26: refreshes once for a vendor that refuses every token, and then lets its refusals through', async () => {
  const { send, asked, clock } = await vendor(() => false)
  for (let call = 0; call < 10; call++) expect(await send(request())).toMatchObject({ status: 401 })
  expect(asked()).toBe(1)
  clock.advance(60_000)
  await send(request())
  expect(asked()).toBe(2)
})

it('rests no longer than half of a token’s life after a refusal, since the next one may be its end', async () => {
  let good = 'access-1'
  const life = ({ runtime }: GrantRequest, accessToken: string): Tokens => {
    const obtainedAt = runtime.now()
    return { accessToken, refreshToken: 'r', obtainedAt, expiresAt: obtainedAt + 500 }
  }
  const { send, clock } = await vendor((token) => token === good, {
    steps: [async (asked) => answerOf(life(asked, 'access-1')), async (asked) => answerOf(life(asked, 'access-2'))],
  })
  expect(await send(request())).toMatchObject({ status: 200 })
  good = 'access-2'
  clock.advance(249)
  expect(await send(request())).toMatchObject({ status: 401 })
  clock.advance(1)
  expect(await send(request())).toMatchObject({ status: 200 })
})

it('S27: never refreshes because of a 403, a 404 or a 500', async () => {
  for (const status of [403, 404, 500]) {
    const { send, asked } = await vendor(() => response(status))
    expect(await send(request())).toMatchObject({ status })
    expect(asked()).toBe(0)
  }
})

it('lets a refusal through where a token that does not end has no refresh token', async () => {
  const tokens = { refreshToken: undefined, expiresAt: undefined }
  const { send, asked, clock } = await vendor(() => false, { tokens })
  expect(await send(request())).toMatchObject({ status: 401 })
  expect(asked()).toBe(0)
  expect(clock.events.map(({ type }) => type)).toEqual(['renew'])
})

it('reads a refusal from the body of a 200 where the vendor says it so', async () => {
  const refused = refusedByBody('error', ['token_expired', 'token_revoked'])
  const { send, asked } = await vendor(
    (token) => response(200, {}, token === 'access-1' ? '{"ok":true}' : '{"ok":false,"error":"token_expired"}'),
    { refused },
  )
  expect((await send(request())).body.toString()).toBe('{"ok":true}')
  expect(asked()).toBe(1)
  expect(refused(response(200, {}, '{"text":"token_expired"}'))).toBe(false)
  expect(refused(response(200, {}, 'token_expired'))).toBe(false)
})

it('S10: sends a connection to the address that came with its tokens, if it is the vendor’s', async () => {
  const hosts = [/^[a-z0-9-]+\.vendor\.test$/]
  const at = (baseUrl: string): Promise<Awaited<ReturnType<typeof vendor>>> =>
    vendor(() => true, { hosts, tokens: { baseUrl } })
  const own = await at('https://eu1.vendor.test')
  await own.send(request({ url: 'https://vendor.test/things?x=/' }))
  await own.send(request({ url: 'https://eu1.vendor.test/next' }))
  expect(own.sent.map(({ url }) => url)).toEqual(['https://eu1.vendor.test/things?x=/', 'https://eu1.vendor.test/next'])
  await expect(own.send(request({ url: 'https://eu2.vendor.test/next' }))).rejects.toThrow('not that of the connection')
  expect(own.sent).toHaveLength(2)

  for (const evil of [
    'https://evil.test',
    'https://eu1.vendor.test.evil.test',
    'http://eu1.vendor.test',
    'https://eu1.vendor.test:8443',
    'https://eu1.vendor.test@evil.test',
    'no url',
  ]) {
    const lured = await at(evil)
    await expect(lured.send(request())).rejects.toMatchObject({ code: 'OAUTH', failure: 'protocol' })
    expect(lured.sent).toEqual([])
  }
})

it('refuses an address in a token answer where the profile has nothing to check it with', async () => {
  const { send, sent } = await vendor(() => true, { tokens: { baseUrl: 'https://eu1.vendor.test' } })
  await expect(send(request())).rejects.toThrow('no `hosts`')
  expect(sent).toEqual([])
})

it('S40: learns the vendor’s clock from its answers, and not from a cache’s, nor from one that came without encryption', async () => {
  const clock = fakeClock()
  const source = tokenSource({ connection: 'acme', grant: scriptedGrant() })
  const credential = tokenCredential(source)
  const date = new Date(clock.now + 90_000).toUTCString()
  credential.observe?.(response(200, { date, age: '30' }), request(), clock.now, clock.now)
  expect(source.clock.ms).toBe(0)
  credential.observe?.(response(200, { date }), request({ url: 'http://vendor.test/' }), clock.now, clock.now)
  expect(source.clock.ms).toBe(0)
  const farOff = new Date(clock.now + 2 * 86_400_000).toUTCString()
  credential.observe?.(response(200, { date: farOff }), request(), clock.now, clock.now)
  expect(source.clock.ms).toBe(0)
  credential.observe?.(response(200, { date }), request(), clock.now, clock.now)
  expect(source.clock.ms).toBe(90_000)
})

it('goes on to renew and to observe where it was spread into another', async () => {
  const clock = fakeClock()
  const source = tokenSource({ connection: 'acme', grant: scriptedGrant([{}], true) })
  const plain = tokenCredential(source)
  const marked: Credential = {
    ...plain,
    apply: async (sent, runtime) => {
      const { headers, ...rest } = await plain.apply(sent, runtime)
      return { ...rest, headers: { ...headers, 'x-marked': 'yes' } }
    },
  }
  const first = await marked.apply(request(), clock.runtime)
  expect(first.headers).toMatchObject({ authorization: 'Bearer access-1', 'x-marked': 'yes' })
  expect(await marked.renew?.(first, clock.runtime)).toBe(true)
  expect((await marked.apply(request(), clock.runtime)).headers['authorization']).toBe('Bearer access-2')
  marked.observe?.(response(200, { date: new Date(clock.now + 90_000).toUTCString() }), first, clock.now, clock.now)
  expect(source.clock.ms).toBe(90_000)
})

it('shows a credential each answer, with the request that it answers', async () => {
  const observed: string[] = []
  const credential: Credential = {
    ...anonymous(),
    observe: ({ status }, { url }) => void observed.push(`${status} ${url}`),
  }
  const send = stack([authenticate({ credential, origins: ['https://vendor.test'] })], async () => response(403))
  await send(request())
  expect(observed).toEqual(['403 https://vendor.test/things'])
})

it('takes a login that another process has made after a refusal, also where tokens neither end nor are refreshed', async () => {
  const store = memoryTokenStore()
  const tokens = { refreshToken: undefined, expiresAt: undefined }
  const { send, sent, clock } = await vendor((token) => token === 'again', { tokens, store })
  const another = tokenSource({ connection: 'acme', grant: scriptedGrant(), store })
  await another.put(answerOf({ accessToken: 'again', obtainedAt: clock.now }), clock.runtime)
  expect(await send(request())).toMatchObject({ status: 200 })
  expect(sent).toHaveLength(2)
})

it('lets the refusal through where the store is down in which there may be a newer login', async () => {
  const inMemory = memoryTokenStore()
  let down = false
  const store: TokenStore = {
    ...inMemory,
    get: async (key) => (down ? Promise.reject(new Error('down')) : inMemory.get(key)),
  }
  const { send } = await vendor(() => false, { tokens: { refreshToken: undefined, expiresAt: undefined }, store })
  down = true
  expect(await send(request())).toMatchObject({ status: 401 })
})

it('sends nothing further with a token whose connection has come to its end, though it would be good for an hour', async () => {
  const { send, sent } = await vendor(() => false, { steps: ['reauthorize'] })
  for (let call = 0; call < 3; call++) await expect(send(request())).rejects.toThrow(ReauthorizationRequiredError)
  expect(sent).toHaveLength(1)
})

it('S26: renews a token that an attachment of the user’s own put on, whether it names the secret or not', async () => {
  const attach: Attach = (plain, { accessToken }) => ({ ...plain, headers: { authorization: `Bearer ${accessToken}` } })
  for (const own of [attach, async (...given: Parameters<Attach>) => attach(...given)]) {
    const { send, asked } = await vendor((token) => token === 'access-1', { attach: own })
    expect(await send(request())).toMatchObject({ status: 200 })
    expect(asked()).toBe(1)
  }
})
