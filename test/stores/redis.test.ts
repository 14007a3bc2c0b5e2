// Against a real server, through real clients. Skipped where no `redis-server` or `valkey-server` is installed.
import { join } from 'node:path'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import { createClient } from '@redis/client'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TokenStoreError, type TokenStore } from 'hawser'
import { keyring, redisTokenStore, sealed, type RedisLike } from 'hawser/stores'
import { tokenStoreConformance } from 'hawser/testing'
import { hasRedis, startRedis, type DatabaseServer } from '../support/database-servers.ts'
import { eventually, failureOf } from '../support/loopback.ts'

let server: DatabaseServer
let ioredis: Redis
let nodeRedis: RedisLike
const closing: (() => unknown)[] = []

beforeAll(async () => {
  if (!hasRedis) return
  server = await startRedis()
  const path = join(server.directory, 'socket')
  ioredis = new Redis({ path, maxRetriesPerRequest: 0, retryStrategy: () => 20 })
  ioredis.on('error', () => {})
  const client = createClient({ socket: { path, tls: false } })
  client.on('error', () => {})
  await client.connect()
  nodeRedis = { eval: async (script, keys, values) => client.eval(script, { keys: [...keys], arguments: [...values] }) }
  closing.push(
    () => ioredis.disconnect(),
    () => client.destroy(),
  )
})
afterAll(async () => {
  for (const close of closing) close()
  await server?.[Symbol.asyncDispose]()
})

const overIoredis = (): TokenStore =>
  redisTokenStore({ eval: async (script, keys, values) => ioredis.eval(script, keys.length, ...keys, ...values) })
const overNodeRedis = (): TokenStore => redisTokenStore(nodeRedis, { prefix: 'other:' })
const ring = keyring({ primary: 'k1', keys: { k1: Buffer.alloc(32, 1) } })

/** The next process, after the server was killed and started again. */
async function reopen(): Promise<TokenStore> {
  await server.crash()
  await eventually(() => ioredis.status === 'ready')
  return overIoredis()
}

for (const one of tokenStoreConformance(overIoredis, { reopen }))
  it.runIf(hasRedis)(`over ioredis: ${one.name}`, one.run)
for (const one of tokenStoreConformance(overNodeRedis)) it.runIf(hasRedis)(`over node-redis: ${one.name}`, one.run)
for (const one of tokenStoreConformance(() => sealed(overIoredis(), ring)))
  it.runIf(hasRedis)(`sealed, over ioredis: ${one.name}`, one.run)

it.runIf(hasRedis)('keeps nothing but its own keys, each under its prefix', async () => {
  await ioredis.flushall()
  await redisTokenStore(nodeRedis, { prefix: 'app|' }).compareAndSwap('acme', undefined, 'tokens')
  expect(await ioredis.keys('*')).toEqual(['app|acme'])
  expect(await overIoredis().get('acme')).toBeUndefined()
})

it.runIf(hasRedis)('says so where what lies there is not its own, and never that there are no tokens', async () => {
  const store = overIoredis()
  await ioredis.set('hawser:token:text', 'secret-of-another')
  await ioredis.hset('hawser:token:half', 'value', 'secret-of-another')
  const text = await failureOf(store.get('text'))
  expect(text).toBeInstanceOf(TokenStoreError)
  expect(text).toMatchObject({ reason: 'unavailable', connection: 'text' })
  expect(await failureOf(store.compareAndSwap('text', undefined, 'secret-value'))).toMatchObject({
    reason: 'unavailable',
  })
  expect(await failureOf(store.get('half'))).toMatchObject({ reason: 'damaged' })
  expect(await ioredis.get('hawser:token:text')).toBe('secret-of-another')
})

it.runIf(hasRedis)(
  'takes a write that a client sends again, since its answer was lost, for the one that it is',
  async () => {
    const twice = redisTokenStore({ eval: async (...call) => (await nodeRedis.eval(...call), nodeRedis.eval(...call)) })
    const created = await twice.compareAndSwap('sent twice', undefined, 'one')
    expect(created).toMatchObject({ ok: true })
    expect(await twice.get('sent twice')).toMatchObject({ value: 'one', version: created.ok && created.version })
    expect(await twice.compareAndSwap('sent twice', undefined, 'two')).toEqual({ ok: false })
  },
)

it('says so where the server is not to be reached, and repeats nothing of what it was sent', async () => {
  const lost = new Redis({ path: '/nonexistent/socket', maxRetriesPerRequest: 0, retryStrategy: () => null })
  lost.on('error', () => {})
  const store = redisTokenStore({
    eval: async (script, keys, values) => lost.eval(script, keys.length, ...keys, ...values),
  })
  const error = await failureOf(store.compareAndSwap('acme', undefined, 'secret-value'))
  lost.disconnect()
  expect(error).toMatchObject({ code: 'TOKEN_STORE', reason: 'unavailable', connection: 'acme' })
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret-value')
})

it('tells the code of an error that is none of this realm’s', async () => {
  const foreign: unknown = runInNewContext(
    "Object.assign(new Error('no'), { code: 'ECONNREFUSED', command: 'secret' })",
  )
  const rejecting: RedisLike = { eval: async () => Promise.reject(foreign) }
  expect(foreign).not.toBeInstanceOf(Error)
  const error = await failureOf(redisTokenStore(rejecting).get('acme'))
  expect(error).toMatchObject({ message: 'The token store could not use Redis: ECONNREFUSED.' })
})

it('says so where a client gives what is no text', async () => {
  const bytes: RedisLike = { eval: async () => [Buffer.from('v'), Buffer.from('tokens')] }
  expect(await failureOf(redisTokenStore(bytes).get('acme'))).toMatchObject({ reason: 'damaged' })
  const nothing: RedisLike = { eval: async () => undefined }
  expect(await failureOf(redisTokenStore(nothing).get('acme'))).toMatchObject({ reason: 'damaged' })
})

it.each<[string, () => unknown]>([
  ['no client', () => redisTokenStore(undefined as unknown as RedisLike)],
  ['an unknown option', () => redisTokenStore({ eval: async () => 0 }, { prefx: 'a' } as object)],
])('refuses %s', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
})
