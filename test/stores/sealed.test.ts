import { inspect } from 'node:util'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import { expect, it } from 'vitest'
import {
  ConfigurationError,
  OAuthError,
  TokenStoreError,
  memoryTokenStore,
  type TokenStore,
  type TokenStoreFailure,
} from 'hawser'
import { keyring, sealed, type Keyring, type KeyringOptions } from 'hawser/stores'
import { failureOf } from '../support/loopback.ts'

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const ringOf = (primary: string, ...kids: readonly string[]): Keyring =>
  keyring({ primary, keys: Object.fromEntries([primary, ...kids].map((kid) => [kid, bytes(kid.charCodeAt(1))])) })

/** Fifteen letters and digits that appear nowhere else. */
const canary = 'c4n4ryv4lue0042'
const tokens = JSON.stringify({ refreshToken: `${canary}-refresh`, accessToken: `${canary}-access` })

/** A store that keeps all that it is given and all that it gives. */
function spying(): { store: TokenStore; saw: unknown[] } {
  const store = memoryTokenStore()
  const saw: unknown[] = []
  return {
    saw,
    store: {
      async get(key) {
        saw.push(key, await store.get(key))
        return store.get(key)
      },
      async compareAndSwap(...swap) {
        const swapped = await store.compareAndSwap(...swap)
        saw.push(...swap, swapped)
        return swapped
      },
    },
  }
}

async function write(store: TokenStore, key: string, value: string): Promise<void> {
  const { ok } = await store.compareAndSwap(key, (await store.get(key))?.version, value)
  expect(ok).toBe(true)
}

const valueOf = async (store: TokenStore, key: string): Promise<string> => (await store.get(key))?.value ?? ''

it('S18: lets the store beneath see nothing of what it keeps', async () => {
  const { store, saw } = spying()
  const over = sealed(store, ringOf('k1'))
  await write(over, 'acme', tokens)
  expect(await valueOf(over, 'acme')).toBe(tokens)
  await write(over, 'acme', tokens)
  await write(over, 'mark', '\ufeff{}')
  expect(await valueOf(over, 'mark')).toBe('\ufeff{}')
  const all = inspect(saw, { depth: null })
  expect(saw.length).toBeGreaterThan(5)
  expect(all).not.toContain(canary)
  for (const [, text] of all.matchAll(/([\w-]{20,})/g)) {
    expect(Buffer.from(text ?? '', 'base64url').toString('latin1')).not.toContain(canary)
  }
})

it('passes versions, refusals and deletions through', async () => {
  const store = memoryTokenStore()
  const over = sealed(store, ringOf('k1'))
  const created = await over.compareAndSwap('acme', undefined, 'one')
  expect(created).toEqual({ ok: true, version: (await store.get('acme'))?.version })
  expect(await over.compareAndSwap('acme', undefined, 'two')).toEqual({ ok: false })
  expect(await over.compareAndSwap('acme', created.ok ? created.version : '', undefined)).toMatchObject({ ok: true })
  expect(await over.get('acme')).toBeUndefined()
})

it('writes a JWE that any implementation opens, under a name of the key and for one connection', async () => {
  const store = memoryTokenStore()
  await write(sealed(store, ringOf('k1', 'k2')), 'acme|é', tokens)
  const text = await valueOf(store, 'acme|é')
  expect(decodeProtectedHeader(text)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: 'k1', connection: 'acme|é' })
  const { plaintext } = await compactDecrypt(text, bytes('1'.charCodeAt(0)))
  expect(Buffer.from(plaintext).toString()).toBe(tokens)
})

it('seals the same text differently each time', async () => {
  const store = memoryTokenStore()
  const over = sealed(store, ringOf('k1'))
  const seen = new Set<string>()
  for (let count = 0; count < 50; count++) {
    await write(over, 'acme', tokens)
    seen.add((await valueOf(store, 'acme')).split('.')[2] ?? '')
  }
  expect(seen.size).toBe(50)
})

it('S17: opens with any key of the ring and seals with the primary one', async () => {
  const store = memoryTokenStore()
  await write(sealed(store, ringOf('k1')), 'acme', 'under the first')
  const over = sealed(store, ringOf('k2', 'k1'))
  expect(await valueOf(over, 'acme')).toBe('under the first')
  await write(over, 'acme', 'under the second')
  expect(decodeProtectedHeader(await valueOf(store, 'acme')).kid).toBe('k2')
  expect(await valueOf(sealed(store, ringOf('k1', 'k2')), 'acme')).toBe('under the second')
})

/** Seals as somebody would who has the key. */
async function forged(header: Record<string, unknown>, text = tokens, key = bytes('1'.charCodeAt(0))): Promise<string> {
  const jwe = new CompactEncrypt(new TextEncoder().encode(text))
  return jwe.setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ...header }).encrypt(key)
}

const header = (kid: unknown, connection: unknown): string =>
  Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, connection })).toString('base64url')

const unopened: readonly (readonly [
  what: string,
  spoil: (text: string) => string | Promise<string>,
  TokenStoreFailure,
])[] = [
  ['was never sealed', () => tokens, 'not-sealed'],
  ['is empty', () => '', 'not-sealed'],
  ['is a signed token', () => `${header('k1', 'acme')}.e30.${'a'.repeat(43)}`, 'damaged'],
  ['is cut short', (text) => text.slice(0, -5), 'damaged'],
  ['is sealed with a key that is not in the ring', () => forged({ kid: 'k9', connection: 'acme' }), 'unknown-key'],
  ['names no key', () => forged({ connection: 'acme' }), 'damaged'],
  ['names no connection', () => forged({ kid: 'k1' }), 'damaged'],
  ['is sealed for another connection', () => forged({ kid: 'k1', connection: 'acme2' }), 'sealed-for-another'],
  [
    'is sealed for another connection and says that it is for this one',
    async () => (await forged({ kid: 'k1', connection: 'acme2' })).replace(/^[^.]+/, header('k1', 'acme')),
    'not-authentic',
  ],
  [
    'is sealed with another key of the same name',
    () => forged({ kid: 'k1', connection: 'acme' }, tokens, bytes(99)),
    'not-authentic',
  ],
  ['has another key’s name put on it', (text) => text.replace(/^[^.]+/, header('k2', 'acme')), 'not-authentic'],
  [
    'has one letter changed in its text',
    (text) =>
      text
        .split('.')
        .with(3, text.split('.')[3]?.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A')) ?? '')
        .join('.'),
    'not-authentic',
  ],
  [
    'is sealed by another algorithm',
    async () => {
      const jwe = new CompactEncrypt(new TextEncoder().encode(tokens))
      jwe.setProtectedHeader({ alg: 'A256GCMKW', enc: 'A256GCM', kid: 'k1', connection: 'acme' })
      return jwe.encrypt(bytes('1'.charCodeAt(0)))
    },
    'damaged',
  ],
]

it.each(unopened)('says so where what is kept %s, and never that there are no tokens', async (_, spoil, reason) => {
  const store = memoryTokenStore()
  const over = sealed(store, ringOf('k1', 'k2'))
  await write(over, 'acme', tokens)
  const { version = '', value = '' } = (await store.get('acme')) ?? {}
  await store.compareAndSwap('acme', version, await spoil(value))
  const error = await failureOf(over.get('acme'))
  expect(error).toBeInstanceOf(TokenStoreError)
  expect(error).not.toBeInstanceOf(OAuthError)
  expect(error).toMatchObject({ code: 'TOKEN_STORE', reason, connection: 'acme' })
  expect(inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error)).not.toContain(canary)
})

it('repeats a key’s name in a message where it is one', async () => {
  const store = memoryTokenStore()
  await write(store, 'acme', await forged({ kid: '2029.a-b_c', connection: 'acme' }))
  expect(String(await failureOf(sealed(store, ringOf('k1')).get('acme')))).toContain('2029.a-b_c')
  await write(store, 'acme', await forged({ kid: '\u001b[31m\nalert', connection: 'acme' }))
  expect(String(await failureOf(sealed(store, ringOf('k1')).get('acme')))).not.toContain('alert')
})

it('S16: does not open what was moved to another row', async () => {
  const store = memoryTokenStore()
  const over = sealed(store, ringOf('k1'))
  await write(over, 'acme|1', tokens)
  await write(over, 'acme|2', 'mine')
  const theirs = await valueOf(store, 'acme|1')
  await write(store, 'acme|2', theirs)
  expect(await failureOf(over.get('acme|2'))).toMatchObject({ reason: 'sealed-for-another' })
})

it.each([
  ['names the key in base64', Buffer.from(bytes(1)).toString('base64')],
  ['in base64 without its padding', Buffer.from(bytes(1)).toString('base64').replace('=', '')],
  ['in the URL’s alphabet', Buffer.from(bytes(251)).toString('base64url')],
  ['with the end of line of a file', `${Buffer.from(bytes(1)).toString('base64')}\n`],
  ['as bytes', bytes(1)],
  ['as a Buffer', Buffer.from(bytes(1))],
])('takes a key: %s', async (_, key) => {
  const store = memoryTokenStore()
  await write(sealed(store, keyring({ primary: 'k', keys: { k: key } })), 'acme', tokens)
  const same = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  expect(await valueOf(sealed(store, keyring({ primary: 'k', keys: { k: same } })), 'acme')).toBe(tokens)
})

it.each<[string, unknown]>([
  ['no options', undefined],
  ['a misspelt option', { primary: 'k', keys: { k: bytes(1) }, secondary: 'k' }],
  ['no keys', { primary: 'k' }],
  ['no key at all', { primary: 'k', keys: {} }],
  ['a primary key that is not among them', { primary: 'k2', keys: { k1: bytes(1) } }],
  ['a primary key that every object has', { primary: 'toString', keys: { k1: bytes(1) } }],
  ['31 bytes', { primary: 'k', keys: { k: bytes(1).slice(1) } }],
  ['33 bytes', { primary: 'k', keys: { k: Buffer.alloc(33) } }],
  ['16 bytes in base64', { primary: 'k', keys: { k: Buffer.alloc(16).toString('base64') } }],
  ['base64 with something else in it', { primary: 'k', keys: { k: `${'A'.repeat(20)}*${'A'.repeat(23)}` } }],
  ['hex', { primary: 'k', keys: { k: canary.padEnd(64, 'a') } }],
  ['a passphrase', { primary: 'k', keys: { k: `${canary} a long passphrase indeed` } }],
  ['a number for a key', { primary: 'k', keys: { k: 7 } }],
  ['nothing for a key', { primary: 'k', keys: { k: undefined } }],
  ['a name with a space', { primary: 'k 1', keys: { 'k 1': bytes(1) } }],
  ['a name that is too long', { primary: 'k'.repeat(65), keys: { ['k'.repeat(65)]: bytes(1) } }],
  ['one key under two names', { primary: 'k1', keys: { k1: bytes(1), k2: Buffer.from(bytes(1)).toString('base64') } }],
])('refuses a keyring with %s, and does not repeat the key', (_, options) => {
  const made = (): Keyring => keyring(options as KeyringOptions)
  expect(made).toThrow(ConfigurationError)
  expect(made).not.toThrow(canary)
})

it('shows no key of a keyring, and keeps its own copy', async () => {
  const key = bytes(7)
  const ring = keyring({ primary: 'k', keys: { k: key } })
  key.fill(0)
  const before = memoryTokenStore()
  await write(sealed(before, ring), 'acme', tokens)
  expect(await valueOf(sealed(before, keyring({ primary: 'k', keys: { k: bytes(7) } })), 'acme')).toBe(tokens)
  await ring.key('k')
  expect(inspect(ring, { depth: null, showHidden: true }) + JSON.stringify(ring)).not.toMatch(/7, 7|0707|7 7|BwcH/)
  expect((await ring.key('k'))?.extractable).toBe(false)
})
