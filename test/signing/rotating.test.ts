import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { ConfigurationError, authenticate, stack, type Credential } from 'hawser'
import { awsSigV4, hmacSigner, httpSignature, parts, type AwsKeys } from 'hawser/signing'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'
import { failure, signed } from './signed.ts'

const start = Date.parse('2026-01-01T00:00:00Z')
const minute = 60_000

/** A signer over sessions of an hour, with a clock to set and a count of how often it asked. */
function sessions(): {
  credential: Credential
  at: (ms: number) => void
  fail: (failing: boolean) => void
  asked: () => number
  idOf: () => Promise<string | undefined>
} {
  let now = start
  let asked = 0
  let failing = false
  const keys = async (): Promise<AwsKeys> => {
    asked += 1
    const own = asked
    await Promise.resolve()
    if (failing) throw new Error('The metadata service is down.')
    return {
      accessKeyId: `key-${own}`,
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: new Date(now + 60 * minute),
    }
  }
  const credential = awsSigV4({ region: 'r', service: 's', keys })
  return {
    credential,
    at: (ms) => (now = start + ms),
    fail: (is) => (failing = is),
    asked: () => asked,
    idOf: async () => {
      const { headers } = await signed(credential, request(), now)
      return /Credential=([\w-]+)/.exec(headers['authorization'] ?? '')?.[1]
    },
  }
}

it('keeps keys until they are about to end, and asks once for all who wait', async () => {
  const { idOf, at, asked } = sessions()
  expect(await Promise.all([idOf(), idOf(), idOf()])).toEqual(['key-1', 'key-1', 'key-1'])
  at(54 * minute)
  expect(await idOf()).toBe('key-1')
  expect(asked()).toBe(1)
})

it('fetches new keys in the background while the old ones have minutes left', async () => {
  const { idOf, at, asked } = sessions()
  await idOf()
  at(56 * minute)
  expect(await Promise.all([idOf(), idOf()])).toEqual(['key-1', 'key-1'])
  expect(asked()).toBe(2)
  await new Promise((resolve) => setImmediate(resolve))
  expect(await idOf()).toBe('key-2')
})

it('waits for new keys where the old ones have less than a minute left', async () => {
  const { idOf, at } = sessions()
  await idOf()
  at(59 * minute + 1)
  expect(await idOf()).toBe('key-2')
})

it('goes on with keys that have not ended while there are no new ones, and fails when they have', async () => {
  const { idOf, at, fail, asked } = sessions()
  await idOf()
  fail(true)
  for (const minutes of [56, 59.5]) {
    at(minutes * minute)
    expect(await idOf()).toBe('key-1')
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(asked()).toBe(3)
  at(60 * minute)
  await expect(idOf()).rejects.toThrow('The metadata service is down.')
  fail(false)
  expect(await idOf()).toBe('key-5')
})

it('asks for every attempt where the keys do not say when they end', async () => {
  let asked = 0
  const keys = (): AwsKeys => ({ accessKeyId: `key-${++asked}`, secretAccessKey: 's' })
  const credential = awsSigV4({ region: 'r', service: 's', keys })
  await signed(credential, request())
  await signed(credential, request())
  expect(asked).toBe(2)
})

it('refuses keys of a function that are not as they must be', async () => {
  const given: unknown[] = [
    { accessKeyId: 'a', secretAccessKey: '' },
    { accessKeyId: 'a', secretAccessKey: 'b', expiration: 1 },
  ]
  for (const keys of given) {
    const credential = awsSigV4({ region: 'r', service: 's', keys: () => keys as AwsKeys })
    expect(await failure(async () => signed(credential, request()))).toBeInstanceOf(ConfigurationError)
  }
})

const pairs = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey]
const signers: [string, (turn: () => number) => Credential][] = [
  [
    'awsSigV4',
    (turn) =>
      awsSigV4({ region: 'r', service: 's', keys: () => ({ accessKeyId: 'a', secretAccessKey: `s${turn()}` }) }),
  ],
  [
    'httpSignature',
    (turn) => httpSignature({ algorithm: 'ed25519', keys: () => ({ key: pairs[turn()] ?? '', keyId: 'k' }) }),
  ],
  [
    'hmacSigner',
    (turn) =>
      hmacSigner({
        keys: () => ({ secret: Buffer.from(`${turn()}`) }),
        signed: [parts.method],
        signature: { header: 's' },
      }),
  ],
]

it.each(signers)(
  'replays once after a 401 where the key has changed meanwhile, and only then (%s)',
  async (_, make) => {
    for (const [turns, sends] of [
      [[0, 1, 1], 2],
      [[0, 0, 0], 1],
    ] as const) {
      const left = [...turns]
      const scripted = script(response(401))
      const credential = make(() => left.shift() ?? 0)
      const send = stack(
        [authenticate({ credential, origins: ['https://vendor.test'] })],
        scripted.send,
        fakeClock().runtime,
      )
      expect((await send(request({ method: 'POST', body: 'x' }))).status).toBe(401)
      expect(scripted.sent).toHaveLength(sends)
    }
  },
)
