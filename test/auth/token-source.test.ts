import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import {
  OAuthError,
  ReauthorizationRequiredError,
  authenticate,
  memoryTokenStore,
  stack,
  tokenCredential,
  tokenSource,
  type Grant,
  type TokenSource,
  type TokenStore,
  type Tokens,
} from 'hawser'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { request, response } from '../support/stub.ts'
import { answerOf, scriptedGrant } from './scripted-grant.ts'

const hourMs = 3_600_000
const first = (clock: FakeClock, over: Partial<Tokens> = {}): Tokens => ({
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  obtainedAt: clock.now,
  expiresAt: clock.now + hourMs,
  ...over,
})

/** A connection that a user has just allowed. */
async function connected(
  grant: Grant,
  { clock = fakeClock(), store = memoryTokenStore(), tokens = {} }: Connected = {},
): Promise<{ clock: FakeClock; store: TokenStore; source: TokenSource; another: () => TokenSource }> {
  const another = (): TokenSource => tokenSource({ connection: 'acme', grant, store })
  const source = another()
  await source.put(answerOf(first(clock, tokens)), clock.runtime)
  return { clock, store, source, another }
}

interface Connected {
  readonly clock?: FakeClock
  readonly store?: TokenStore
  readonly tokens?: Partial<Tokens>
}

const results = (clock: FakeClock): unknown[] =>
  clock.events.flatMap((event) => (event.type === 'token' ? [event.result] : [event.type]))

it('gives a token that is at hand without a promise', async () => {
  const { clock, source } = await connected(scriptedGrant())
  expect(source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-0' })
})

it('replaces a token in the background before it ends, and gives the old one meanwhile', async () => {
  const grant = scriptedGrant()
  const { clock, source } = await connected(grant)
  clock.advance(hourMs - 299_000)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-0' })
  await source.settled()
  expect(source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
  expect(grant.asked.map(({ current }) => current?.refreshToken)).toEqual(['refresh-0'])
  expect(results(clock)).toEqual(['refreshed'])
})

it('refreshes once for all who find the token ended', async () => {
  const grant = scriptedGrant()
  const { clock, source } = await connected(grant)
  clock.advance(hourMs)
  const all = await Promise.all(Array.from({ length: 50 }, async () => source.token('main', clock.runtime)))
  expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-1']))
  expect(grant.asked).toHaveLength(1)
})

it('carries on a refresh token and an address that the answer leaves out', async () => {
  const baseUrl = 'https://acme.vendor.test'
  const { clock, source } = await connected(scriptedGrant([{ refreshToken: undefined }, {}, { baseUrl: 'new' }]), {
    tokens: { baseUrl },
  })
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({
    accessToken: 'access-1',
    refreshToken: 'refresh-0',
    baseUrl,
  })
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ refreshToken: 'refresh-2', baseUrl })
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ baseUrl: 'new' })
})

it('serves a token that still lives while the token endpoint is down, and says how long it rests', async () => {
  const grant = scriptedGrant(['retry'])
  const { clock, source } = await connected(grant)
  clock.advance(hourMs - 10_000)
  for (let call = 0; call < 20; call++) {
    expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-0' })
  }
  expect(grant.asked).toHaveLength(1)
  clock.advance(10_000)
  await expect(source.token('main', clock.runtime)).rejects.toMatchObject({ failure: 'retry', retryAfterMs: 1000 })
  expect(grant.asked).toHaveLength(2)
  await expect(source.token('main', clock.runtime)).rejects.toThrow('the next try is in 1000 ms')
  expect(grant.asked).toHaveLength(2)
  clock.advance(1000)
  await expect(source.token('main', clock.runtime)).rejects.toMatchObject({ retryAfterMs: 2000 })
})

it('S28: never blames a connection for a client that is refused', async () => {
  const grant = scriptedGrant(['configuration', {}])
  const { clock, source } = await connected(grant)
  clock.advance(hourMs)
  const refused = await Promise.resolve(source.token('main', clock.runtime)).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(OAuthError)
  expect(refused).not.toBeInstanceOf(ReauthorizationRequiredError)
  clock.advance(1000)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-2' })
})

it('asks the user once where the refresh token is refused, and nobody again until there is a new login', async () => {
  const grant = scriptedGrant(['reauthorize'])
  const { clock, source, another } = await connected(grant)
  clock.advance(hourMs)
  const all = await Promise.allSettled(Array.from({ length: 50 }, async () => source.token('main', clock.runtime)))
  expect(all.every(({ status }) => status === 'rejected')).toBe(true)
  await expect(another().token('main', clock.runtime)).rejects.toThrow(ReauthorizationRequiredError)
  expect(grant.asked).toHaveLength(1)
  expect(results(clock)).toEqual(['reauthorize'])
  await source.put(answerOf(first(clock, { accessToken: 'again' })), clock.runtime)
  expect(results(clock)).toEqual(['reauthorize', 'recovered'])
  expect(source.token('main', clock.runtime)).toMatchObject({ accessToken: 'again' })
})

it('notices a login that another process has made', async () => {
  const grant = scriptedGrant(['reauthorize'])
  const { clock, source, another } = await connected(grant)
  clock.advance(hourMs)
  await expect(source.token('main', clock.runtime)).rejects.toThrow(ReauthorizationRequiredError)
  await another().put(answerOf(first(clock, { accessToken: 'again' })), clock.runtime)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'again' })
})

it('takes what another process has got, and asks nobody', async () => {
  const grant = scriptedGrant()
  const { clock, source, another } = await connected(grant)
  clock.advance(hourMs)
  await another().token('main', clock.runtime)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
  expect(grant.asked).toHaveLength(1)
  expect(results(clock)).toEqual(['refreshed', 'adopted'])
})

it('waits for a process that is at it, and takes over from one that died', async () => {
  const stuck = scriptedGrant([() => new Promise(() => {})])
  const { clock, store, another } = await connected(stuck)
  clock.advance(hourMs)
  void another().token('main', clock.runtime)
  const grant = scriptedGrant()
  const source = tokenSource({ connection: 'acme', grant, store })
  const began = clock.now
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
  expect(clock.now - began).toBeGreaterThanOrEqual(60_000)
  expect(clock.now - began).toBeLessThan(62_000)
})

it('names the likely cause where a process died between the answer and the store', async () => {
  const stuck = scriptedGrant([() => new Promise(() => {})])
  const { clock, store, another } = await connected(stuck)
  clock.advance(hourMs)
  void another().token('main', clock.runtime)
  const source = tokenSource({ connection: 'acme', grant: scriptedGrant(['reauthorize']), store })
  await expect(source.token('main', clock.runtime)).rejects.toMatchObject({ because: 'lost-after-rotation' })
})

it('sends the same refresh token again where the answer got lost', async () => {
  const grant = scriptedGrant(['ambiguous', 'ambiguous', {}])
  const { clock, source } = await connected(grant)
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-3' })
  expect(grant.asked.map(({ current }) => current?.refreshToken)).toEqual(['refresh-0', 'refresh-0', 'refresh-0'])
})

it('S22: lets nobody see a token that is not stored', async () => {
  const store = memoryTokenStore()
  let release = (): void => {}
  const slow: TokenStore = {
    get: (key) => store.get(key),
    async compareAndSwap(key, expected, next) {
      if (next?.includes('access-1')) await new Promise<void>((resolve) => (release = resolve))
      return store.compareAndSwap(key, expected, next)
    },
  }
  const { clock, source } = await connected(scriptedGrant(), { store: slow })
  clock.advance(hourMs - 1000)
  let seen: string | undefined
  const waiting = Promise.resolve(source.token('main', clock.runtime)).then((tokens) => (seen = tokens.accessToken))
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(seen).toBeUndefined()
  release()
  await waiting
  expect(seen).toBe('access-1')
})

it('keeps new tokens that the store does not take, serves the old one, and stores them as soon as it can', async () => {
  const store = memoryTokenStore()
  let down = false
  const failing: TokenStore = {
    get: (key) => store.get(key),
    compareAndSwap: (key, expected, next) =>
      down && next?.includes('access-1')
        ? Promise.reject(new Error('canary: the disk is full'))
        : store.compareAndSwap(key, expected, next),
  }
  const grant = scriptedGrant()
  const { clock, source } = await connected(grant, {
    store: failing,
    tokens: { expiresAt: Date.UTC(2030, 0, 1) + 24 * hourMs },
  })
  clock.advance(24 * hourMs - 1000)
  down = true
  const failure = await source.renew('main', 'access-0', clock.runtime).catch((error: unknown) => error)
  expect(failure).toMatchObject({ failure: 'retry' })
  expect(inspect(failure, { depth: null })).not.toContain('canary')
  expect(results(clock)).toContain('unsaved')
  down = false
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
  expect(grant.asked).toHaveLength(1)
  expect((await store.get('acme'))?.value).toContain('access-1')
})

it('S23: a loser never writes over a login that came meanwhile', async () => {
  const clock = fakeClock()
  const login = first(clock, { accessToken: 'login', refreshToken: 'login' })
  const made: { another?: () => TokenSource } = {}
  const grant = scriptedGrant([
    async ({ runtime }) => {
      await made.another?.().put(answerOf(login), runtime)
      return answerOf({ ...login, accessToken: 'late', refreshToken: 'late', expiresAt: clock.now + 10 * hourMs })
    },
  ])
  const { source, store, another } = await connected(grant, { clock })
  made.another = another
  expect(await source.renew('main', 'access-0', clock.runtime)).toBe(true)
  expect(source.token('main', clock.runtime)).toMatchObject({ accessToken: 'login' })
  expect((await store.get('acme'))?.value).not.toContain('late')
})

it('S23: a loser that is refused marks nothing that a winner wrote', async () => {
  const made: { another?: () => TokenSource } = {}
  const grant = scriptedGrant([
    async ({ runtime }) => {
      await made
        .another?.()
        .put(answerOf({ accessToken: 'won', refreshToken: 'won', obtainedAt: runtime.now() }), runtime)
      throw new OAuthError('invalid_grant', { failure: 'reauthorize' })
    },
  ])
  const { clock, source, another } = await connected(grant)
  made.another = another
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'won' })
  expect(results(clock)).not.toContain('reauthorize')
})

it('keeps its tokens where only a lease came between the answer and the store', async () => {
  const made: { store?: TokenStore } = {}
  const grant = scriptedGrant([
    async ({ runtime }) => {
      const stored = await made.store?.get('acme')
      const record: object = JSON.parse(stored?.value ?? '{}')
      await made.store?.compareAndSwap(
        'acme',
        stored?.version,
        JSON.stringify({ ...record, lease: { owner: 'x', until: 9e15 } }),
      )
      return answerOf({ accessToken: 'got', refreshToken: 'got', obtainedAt: runtime.now() })
    },
  ])
  const { clock, store, source } = await connected(grant)
  made.store = store
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'got' })
})

it('S25: stores a refresh token before it judges the answer that brought it', async () => {
  const grant = scriptedGrant([
    async ({ runtime }) =>
      answerOf({ accessToken: 'a', refreshToken: 'rotated', obtainedAt: runtime.now() }, () =>
        Promise.reject(new OAuthError('The id_token is of another issuer.', { failure: 'protocol' })),
      ),
  ])
  const { clock, store, source } = await connected(grant)
  expect(await source.renew('main', 'access-0', clock.runtime)).toBe(true)
  expect((await store.get('acme'))?.value).toContain('rotated')
  expect(results(clock)).toEqual(['refreshed', 'invalid'])
})

it('S25: keeps an answer that cannot be read', async () => {
  const raw = '{"data":{"refresh":"rotated"}}'
  const unreadable = {
    raw,
    read: () => {
      throw new OAuthError('no access token', { failure: 'protocol' })
    },
  }
  const { clock, store, source } = await connected(scriptedGrant([async () => unreadable]))
  await expect(source.renew('main', 'access-0', clock.runtime)).rejects.toMatchObject({ failure: 'protocol' })
  expect(JSON.parse((await store.get('acme'))?.value ?? '')).toMatchObject({
    unread: raw,
    tokens: { main: { refreshToken: 'refresh-0' } },
  })
})

it('S24: a caller that gives up does not end the refresh that others wait for', async () => {
  let answer = (): void => {}
  const grant = scriptedGrant([
    ({ runtime }) =>
      new Promise((resolve) => {
        answer = () => resolve(answerOf({ accessToken: 'new', refreshToken: 'new', obtainedAt: runtime.now() }))
      }),
  ])
  const { clock, source } = await connected(grant)
  clock.advance(hourMs)
  const send = stack(
    [authenticate({ credential: tokenCredential(source), origins: ['https://vendor.test'] })],
    async () => response(),
    clock.runtime,
  )
  const controller = new AbortController()
  const impatient = send(request({ signal: controller.signal }))
  const patient = send(request())
  await new Promise(setImmediate)
  controller.abort()
  await expect(impatient).rejects.toMatchObject({ code: 'ABORTED' })
  answer()
  expect(await patient).toMatchObject({ status: 200 })
  expect(grant.asked).toHaveLength(1)
})

it('S27: takes a store that is down for nothing else, and serves a token that lives', async () => {
  let down = false
  const store = memoryTokenStore()
  const failing: TokenStore = {
    get: (key) => (down ? Promise.reject(new TypeError('canary')) : store.get(key)),
    compareAndSwap: (key, expected, next) => store.compareAndSwap(key, expected, next),
  }
  const { clock, source } = await connected(scriptedGrant(), { store: failing })
  down = true
  clock.advance(hourMs - 1000)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-0' })
  clock.advance(1000)
  const failure = await Promise.resolve(source.token('main', clock.runtime)).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'OAUTH', failure: 'retry' })
  expect(inspect(failure, { depth: null })).not.toContain('canary')
  down = false
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
})

it('refuses to guess where the store holds something else', async () => {
  const store = memoryTokenStore()
  await store.compareAndSwap('acme', undefined, '{"secret":"canary"}')
  const source = tokenSource({ connection: 'acme', grant: scriptedGrant(), store })
  const { runtime } = fakeClock()
  const failure = await Promise.resolve(source.token('main', runtime)).catch((error: unknown) => error)
  expect(failure).toMatchObject({ failure: 'protocol' })
  expect(String(failure)).not.toContain('canary')
})

it('gets tokens without a user where the grant can, and blames the configuration where they are refused', async () => {
  const clock = fakeClock()
  const source = tokenSource({ connection: 'robot', grant: scriptedGrant([{}, 'reauthorize'], true) })
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-1' })
  clock.advance(hourMs)
  await expect(source.token('main', clock.runtime)).rejects.toMatchObject({ code: 'OAUTH', failure: 'configuration' })
})

it('asks once more where a refusal tells that our clock was off', async () => {
  const clock = fakeClock()
  const grant = scriptedGrant(
    [
      async (asked) => {
        const vendor = new Date(clock.now + 300_000).toUTCString()
        asked.clock.observe(vendor, clock.now, clock.now)
        throw new OAuthError('The assertion is not valid yet.', { failure: 'reauthorize' })
      },
      {},
    ],
    true,
  )
  const source = tokenSource({ connection: 'robot', grant })
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-2' })
  expect(source.clock.ms).toBeGreaterThan(298_000)
})

it('holds several tokens with their own ends in one connection', async () => {
  const grant = scriptedGrant([
    async ({ name, runtime }) => ({
      raw: '',
      read: () => ({
        [name]: {
          accessToken: `new-${name}`,
          refreshToken: 'n',
          obtainedAt: runtime.now(),
          expiresAt: runtime.now() + hourMs,
        },
      }),
    }),
  ])
  const clock = fakeClock()
  const source = tokenSource({ connection: 'team', grant })
  const bundle = {
    main: first(clock),
    user: first(clock, { accessToken: 'user-0', expiresAt: clock.now + 2 * hourMs }),
  }
  await source.put({ raw: '', read: () => bundle }, clock.runtime)
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'new-main' })
  expect(source.token('user', clock.runtime)).toMatchObject({ accessToken: 'user-0' })
})

it('stores once what a vendor answers twice', async () => {
  const { clock, source } = await connected(scriptedGrant([{ accessToken: 'access-0', refreshToken: 'refresh-0' }]))
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'access-0' })
})

it('does not wait for ever for a store that never answers', async () => {
  const clock = fakeClock()
  const silent: TokenStore = { get: () => new Promise(() => {}), compareAndSwap: () => new Promise(() => {}) }
  const source = tokenSource({ connection: 'acme', grant: scriptedGrant(), store: silent })
  const waiting = Promise.resolve(source.token('main', clock.runtime)).catch((error: unknown) => error)
  clock.advance(10_000)
  expect(await waiting).toMatchObject({ failure: 'retry', message: expect.stringContaining('no answer in 10000 ms') })
})

it('forgets a connection, and gives what was there', async () => {
  const { clock, store, source } = await connected(scriptedGrant())
  expect(await source.remove(clock.runtime)).toMatchObject({ main: { refreshToken: 'refresh-0' } })
  expect(await store.get('acme')).toBeUndefined()
  expect(await source.remove(clock.runtime)).toBeUndefined()
  await expect(source.token('main', clock.runtime)).rejects.toMatchObject({ because: 'no-tokens' })
})

it('keeps a login that comes during a refresh, and forgets all when told, where there is no store', async () => {
  const clock = fakeClock()
  const login = first(clock, { accessToken: 'login', expiresAt: clock.now + 3 * hourMs })
  const script: Grant = scriptedGrant([
    async ({ runtime }) => {
      await source.put(answerOf(login), runtime)
      return answerOf(first(clock, { accessToken: 'refreshed' }))
    },
  ])
  const source = tokenSource({ connection: 'acme', grant: script })
  await source.put(answerOf(first(clock)), clock.runtime)
  clock.advance(hourMs)
  await source.token('main', clock.runtime)
  expect(await source.stored(clock.runtime)).toMatchObject({ main: { accessToken: 'login' } })
  expect(await source.remove(clock.runtime)).toMatchObject({ main: { accessToken: 'login' } })
  expect(await source.stored(clock.runtime)).toBeUndefined()
})

it('shows no secret of a source that is printed', async () => {
  const { source } = await connected(scriptedGrant())
  expect(inspect(source, { depth: null })).not.toContain('access-0')
})

it('S36: shows no secret of a token unless it is asked for by name', async () => {
  const { clock, source } = await connected(scriptedGrant(), { tokens: { extra: { team: 'canary' } } })
  const tokens = await source.token('main', clock.runtime)
  for (const shown of [JSON.stringify(tokens), inspect(tokens, { depth: null }), String(tokens)]) {
    expect(shown).not.toMatch(/access-0|refresh-0|canary/)
  }
  expect(tokens.extra).toEqual({ team: 'canary' })
})

it('draws the moment of each refresh, so that connections made together do not refresh together', async () => {
  const spread = async (random: number): Promise<number> => {
    const clock = fakeClock({ random: () => random })
    const { source } = await connected(scriptedGrant(), { clock })
    let waitedMs = 0
    while (!(source.token('main', clock.runtime) instanceof Promise)) {
      clock.advance(1000)
      waitedMs += 1000
    }
    return waitedMs
  }
  expect(await spread(0)).toBe(hourMs - 300_000)
  expect(await spread(0.5)).toBe(hourMs - 270_000)
})

it.each<[string, Partial<Tokens>]>([
  ['the very token that it has refused', { accessToken: 'same' }],
  ['a token that has ended by our clock', { accessToken: 'same', expiresAt: 1 }],
])('does not ask without end where the vendor gives %s', async (_, tokens) => {
  const { runtime } = fakeClock()
  const grant = scriptedGrant([tokens], true)
  const source = tokenSource({ connection: 'acme', grant })
  expect((await source.token('main', runtime)).accessToken).toBe('same')
  expect(await source.renew('main', 'same', runtime)).toBe(false)
  expect(grant.asked.length).toBeLessThanOrEqual(6)
})

it('does not ask without end for a token that no answer holds', async () => {
  const { runtime } = fakeClock()
  const grant = scriptedGrant([{}], true)
  const source = tokenSource({ connection: 'acme', grant })
  await expect(source.token('user', runtime)).rejects.toMatchObject({ code: 'OAUTH', failure: 'protocol' })
  expect(grant.asked).toHaveLength(3)
})

it('keeps the end of one token of a connection where another is refreshed', async () => {
  const grant = scriptedGrant([
    'reauthorize',
    async ({ runtime }) => answerOf({ ...first(clock), accessToken: 'new-main', obtainedAt: runtime.now() }),
  ])
  const clock = fakeClock()
  const source = tokenSource({ connection: 'team', grant, store: memoryTokenStore() })
  const bundle = { main: first(clock), user: first(clock, { accessToken: 'user-0', refreshToken: 'user-refresh' }) }
  await source.put({ raw: '', read: () => bundle }, clock.runtime)
  clock.advance(hourMs)
  await expect(source.token('user', clock.runtime)).rejects.toThrow(ReauthorizationRequiredError)
  await source.token('main', clock.runtime)
  await expect(async () => source.token('user', clock.runtime)).rejects.toThrow(ReauthorizationRequiredError)
  expect(grant.asked.map(({ name }) => name)).toEqual(['user', 'main'])
  expect(results(clock).filter((result) => result === 'reauthorize')).toHaveLength(1)
})

it('gives what the present login says of a token that the login before gave as well', async () => {
  const { clock, source } = await connected(scriptedGrant(), {
    tokens: { expiresAt: undefined, refreshToken: undefined, scopes: ['read'] },
  })
  const again = first(clock, { expiresAt: undefined, refreshToken: undefined, scopes: ['read', 'write'] })
  expect(await source.put(answerOf(again), clock.runtime)).toMatchObject({ main: { scopes: ['read', 'write'] } })
  expect(source.token('main', clock.runtime)).toMatchObject({ scopes: ['read', 'write'] })
})

it('asks once where the vendor gives the token that it refuses again', async () => {
  const grant = scriptedGrant([{ accessToken: 'access-0' }])
  const { clock, source } = await connected(grant)
  expect(await source.renew('main', 'access-0', clock.runtime)).toBe(false)
  expect(grant.asked).toHaveLength(1)
})

it('makes nobody wait for the judgement of an answer whose tokens are stored', async () => {
  const grant = scriptedGrant([
    async ({ runtime }) => answerOf({ accessToken: 'a', obtainedAt: runtime.now() }, () => new Promise(() => {})),
  ])
  const { clock, source } = await connected(grant)
  clock.advance(hourMs)
  expect(await source.token('main', clock.runtime)).toMatchObject({ accessToken: 'a' })
})
