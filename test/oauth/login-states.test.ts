import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { memoryTokenStore, type TokenStore } from 'hawser'
import { memoryLogins, sealedLogins, storedLogins, type LoginStates, type PendingLogin } from 'hawser/oauth'
import { keyring, type Keyring } from 'hawser/stores'
import { fakeClock } from 'hawser/testing'

const clock = fakeClock()
const { runtime } = clock
const login = (over: Partial<PendingLogin> = {}): PendingLogin => ({
  server: 'vendor/client',
  connection: 'acme',
  redirectUri: 'https://app.test/callback',
  scopes: ['a', 'b'],
  expiresAt: clock.now + 600_000,
  verifier: 'the-verifier',
  nonce: 'the-nonce',
  binding: 'the-binding',
  returnTo: '/done',
  ...over,
})
const ring = (keys: Record<string, number>): Keyring => {
  const [primary = ''] = Object.keys(keys)
  const filled = Object.entries(keys).map(([id, byte]) => [id, new Uint8Array(32).fill(byte)])
  return keyring({ primary, keys: Object.fromEntries(filled) })
}

const kinds: readonly [string, () => LoginStates][] = [
  ['memoryLogins', () => memoryLogins()],
  ['storedLogins', () => storedLogins(memoryTokenStore())],
  ['sealedLogins in the state', () => sealedLogins({ keyring: ring({ k1: 1 }) })],
  ['sealedLogins in a cookie', () => sealedLogins({ keyring: ring({ k1: 1 }), carriedBy: 'cookie' })],
  ['sealedLogins with a store', () => sealedLogins({ keyring: ring({ k1: 1 }), used: memoryTokenStore() })],
]

it.each(kinds)('S2: %s gives a login back once, and only for its own state', async (_, make) => {
  const states = make()
  const [first, second] = [await states.keep(login(), runtime), await states.keep(login({ connection: 'b' }), runtime)]
  expect(first.state).not.toBe(second.state)
  expect(first.state.length).toBeGreaterThanOrEqual(43)
  expect(await states.take('x'.repeat(43), first.sealed, runtime)).toBeUndefined()
  expect(await states.take(first.state, first.sealed, runtime)).toEqual(login())
  expect(await states.take(first.state, first.sealed, runtime)).toBeUndefined()
  expect(await states.take(second.state, second.sealed, runtime)).toEqual(login({ connection: 'b' }))
})

it.each(kinds)('S2: %s gives a login back to one of two that ask at once', async (_, make) => {
  const states = make()
  const { state, sealed } = await states.keep(login(), runtime)
  const taken = await Promise.all([states.take(state, sealed, runtime), states.take(state, sealed, runtime)])
  expect(taken.filter((found) => found !== undefined)).toHaveLength(1)
})

it('keeps no more logins in memory than it may, and none that are too old', async () => {
  const few = memoryLogins({ most: 2 })
  const kept = []
  for (const connection of ['a', 'b', 'c']) kept.push(await few.keep(login({ connection }), runtime))
  const found = await Promise.all(kept.map(({ state }) => few.take(state, undefined, runtime)))
  expect(found.map((one) => one?.connection)).toEqual([undefined, 'b', 'c'])

  const later = fakeClock({ startAt: clock.now })
  const states = memoryLogins()
  const { state } = await states.keep(login(), later.runtime)
  later.advance(600_000)
  await states.keep(login({ expiresAt: later.now + 1 }), later.runtime)
  expect(await states.take(state, undefined, later.runtime)).toBeUndefined()
})

it('S20: stores no state as it is, and nothing where the browser carries it', async () => {
  const written: string[] = []
  const memory = memoryTokenStore()
  const store: TokenStore = {
    get: (name) => memory.get(name),
    compareAndSwap: (...given) => (written.push(JSON.stringify(given)), memory.compareAndSwap(...given)),
  }
  const { state } = await storedLogins(store).keep(login(), runtime)
  const sealed = sealedLogins({ keyring: ring({ k1: 1 }), used: store })
  const carried = await sealed.keep(login(), runtime)
  await sealed.take(carried.state, undefined, runtime)
  expect(written).toHaveLength(2)
  expect(written.join()).not.toContain(state)
  expect(written[0]).toContain('the-verifier')
  expect(written[1]).not.toContain('the-verifier')
})

it('shows nothing of a sealed login, and opens none that was touched', async () => {
  const states = sealedLogins({ keyring: ring({ k1: 1 }) })
  const { state } = await states.keep(login(), runtime)
  const parts = state.split('.')
  expect(parts).toHaveLength(5)
  expect(Buffer.from(state, 'base64url').toString('latin1')).not.toContain('verifier')
  const other = parts[3]?.startsWith('A') ? 'B' : 'A'
  const touched = [parts[0], parts[1], parts[2], other + parts[3]?.slice(1), parts[4]].join('.')
  expect(await states.take(touched, undefined, runtime)).toBeUndefined()
  expect(await sealedLogins({ keyring: ring({ k1: 2 }) }).take(state, undefined, runtime)).toBeUndefined()
  expect(await sealedLogins({ keyring: ring({ k2: 1 }) }).take(state, undefined, runtime)).toBeUndefined()
})

it('opens logins of the key before, and seals with the new one', async () => {
  const before = await sealedLogins({ keyring: ring({ k1: 1 }) }).keep(login(), runtime)
  const states = sealedLogins({ keyring: ring({ k2: 2, k1: 1 }) })
  expect(await states.take(before.state, undefined, runtime)).toEqual(login())
  const { state } = await states.keep(login(), runtime)
  expect(JSON.parse(Buffer.from(state.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid: 'k2' })
})

it('S37: takes a cookie for the state that it was made with, and for no other', async () => {
  const states = sealedLogins({ keyring: ring({ k1: 1 }), carriedBy: 'cookie' })
  const [mine, theirs] = [await states.keep(login(), runtime), await states.keep(login(), runtime)]
  expect(await states.take(mine.state, theirs.sealed, runtime)).toBeUndefined()
  expect(await states.take(mine.state, undefined, runtime)).toBeUndefined()
  expect(await states.take(mine.state, mine.sealed, runtime)).toEqual(login())
})

it('gives nothing for what was stored by something else', async () => {
  const store = memoryTokenStore()
  const states = storedLogins(store)
  for (const text of [
    '',
    '{}',
    '[]',
    JSON.stringify({ ...login(), scopes: 'a' }),
    JSON.stringify({ ...login(), verifier: 1 }),
  ]) {
    const { state } = await states.keep(login(), runtime)
    await overwrite(store, state, text)
    expect(await states.take(state, undefined, runtime)).toBeUndefined()
  }
})

async function overwrite(store: TokenStore, state: string, text: string): Promise<void> {
  const name = `login:${createHash('sha256').update(state).digest('base64url')}`
  const found = await store.get(name)
  await store.compareAndSwap(name, found?.version, text)
}
