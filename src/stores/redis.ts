import { ConfigurationError, checkOptions, systemRuntime, type TokenStore } from 'hawser'
import { damaged, reaching } from './failure.ts'
import { checkKey } from './well-formed-key.ts'

/** What {@link redisTokenStore} needs of a client: it runs a script on the server and gives its answer, text as text. */
export interface RedisLike {
  eval(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>
}

/** Options of {@link redisTokenStore}. */
export interface RedisTokenStoreOptions {
  /** What the names of all keys begin with. @default 'hawser:token:' */
  readonly prefix?: string
}

const read = "return redis.call('HMGET', KEYS[1], 'version', 'value')"

// A script runs alone: nobody else's command comes between its look and its write.
// @see https://redis.io/docs/latest/develop/programmability/eval-intro/
const swap = `
local version = redis.call('HGET', KEYS[1], 'version')
-- A client that loses the answer sends it again.
if version == ARGV[3] then return 1 end
local present = version and 'at ' .. version or 'nothing'
if present ~= ARGV[1] then return 0 end
if ARGV[2] == 'delete' then redis.call('DEL', KEYS[1])
else redis.call('HSET', KEYS[1], 'version', ARGV[3], 'value', ARGV[4]) end
return 1`

/**
 * Keeps tokens in Redis or Valkey, for all processes that use it. A write survives a crash of the server as far as the server
 * promises it: with `appendfsync always`, and with no failover to a replica that lags.
 *
 * @throws {ConfigurationError} where an option is wrong
 */
export function redisTokenStore(client: RedisLike, options: RedisTokenStoreOptions = {}): TokenStore {
  checkOptions('redisTokenStore', options, ['prefix'])
  const { prefix = 'hawser:token:' } = options
  if (typeof client?.eval !== 'function') throw new ConfigurationError('`redisTokenStore` takes an object with `eval`.')
  const runtime = systemRuntime()

  async function run(script: string, key: string, values: readonly string[]): Promise<unknown> {
    checkKey(key)
    return reaching('Redis', key, async () => client.eval(script, [prefix + key], values))
  }

  return {
    async get(key) {
      const answer = await run(read, key, [])
      const [version, value]: readonly unknown[] = Array.isArray(answer) ? answer : []
      if (typeof version === 'string' && typeof value === 'string') return { version, value }
      if (version === null && value === null) return undefined
      throw damaged(`Redis under \`${prefix}\``, key)
    },
    async compareAndSwap(key, expected, next) {
      const version = runtime.uuid()
      const present = expected === undefined ? 'nothing' : `at ${expected}`
      const done = await run(swap, key, [present, next === undefined ? 'delete' : 'write', version, next ?? ''])
      return Number(done) === 1 ? { ok: true, version } : { ok: false }
    },
  }
}
