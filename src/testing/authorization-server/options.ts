import { ConfigurationError, checkNumber, checkOptions, type Runtime } from 'hawser'
import { fakeClock } from '../fake-clock.ts'
import type { ChaosOptions } from './faults.ts'
import type { OnReuse, Rotation } from './rotation.ts'

/** How a client proves who it is. `raw_basic` is `client_secret_basic` without the encoding that RFC 6749 asks for. */
export type ClientAuthentication = 'client_secret_basic' | 'raw_basic' | 'client_secret_post' | 'none'

/** A client that the server knows. */
export interface RegisteredClient {
  readonly id: string
  readonly secret?: string
  /** The ways that it may prove itself, one per request. @default both secret ways with a `secret`; `none` without one */
  readonly authentication?: readonly ClientAuthentication[]
  /** Compared character by character. @default ['https://app.test/callback'] */
  readonly redirectUris?: readonly string[]
  /** The `grant_type`s that it may use. @default all */
  readonly grants?: readonly string[]
}

/** Where the server takes its time from. A `FakeClock` is one. */
export interface ServerClock {
  readonly runtime: Runtime
  /** Says that a request under way waits for time to pass. */
  hang?(): () => void
}

/** Options of `authorizationServer`. */
export interface AuthorizationServerOptions {
  /** Where it pretends to be. Its issuer is the origin that it is asked at, so that it works on a loopback port too. @default 'https://auth.test' */
  readonly origin?: string
  /** `{ runtime: systemRuntime() }` where it is served on a real socket. @default a `fakeClock()` of its own, that stands still */
  readonly clock?: ServerClock
  /** @default one, with the id `client` and the secret `secret` */
  readonly clients?: readonly RegisteredClient[]
  /** @default 'strict' */
  readonly rotation?: Rotation
  /** @default 'revoke-family'; 'refuse' with `until-first-use` */
  readonly onReuse?: OnReuse
  /** How long an access token is good. Milliseconds. @default 3_600_000 */
  readonly accessTokenMs?: number
  /** How long a refresh token is good. Milliseconds. @default Infinity */
  readonly refreshTokenMs?: number
  /** Whether a refresh ends the access tokens before it. @default false */
  readonly refreshEndsAccessTokens?: boolean
  /** How long the token endpoint takes for an answer, after its work is done. Milliseconds. @default 0 */
  readonly latencyMs?: number
  /** Faults of the token endpoint by chance, beside those that are scripted. */
  readonly chaos?: ChaosOptions
}

/** The options, complete. */
export interface Settings {
  readonly clock: ServerClock
  readonly clients: ReadonlyMap<string, RegisteredClient>
  readonly rotation: Rotation
  readonly onReuse: OnReuse
  readonly accessTokenMs: number
  readonly refreshTokenMs: number
  readonly refreshEndsAccessTokens: boolean
  readonly latencyMs: number
  readonly chaos: ChaosOptions | undefined
}

const known = [
  'origin',
  'clock',
  'clients',
  'rotation',
  'onReuse',
  'accessTokenMs',
  'refreshTokenMs',
  'refreshEndsAccessTokens',
  'latencyMs',
  'chaos',
]

/**
 * Fills in what an option does not say.
 *
 * @throws {ConfigurationError} where an option is unknown or cannot be
 */
export function settle(options: AuthorizationServerOptions): Settings {
  checkOptions('authorizationServer', options, known)
  const {
    clock = fakeClock(),
    clients = [{ id: 'client', secret: 'secret' }],
    rotation = 'strict',
    onReuse = rotation === 'until-first-use' ? 'refuse' : 'revoke-family',
    accessTokenMs = 3_600_000,
    refreshTokenMs = Number.POSITIVE_INFINITY,
    refreshEndsAccessTokens = false,
    latencyMs = 0,
    chaos,
  } = options
  checkNumber('accessTokenMs', accessTokenMs, 0)
  checkNumber('refreshTokenMs', refreshTokenMs, 0)
  checkNumber('latencyMs', latencyMs, 0)
  if (typeof rotation === 'object') checkNumber('rotation.graceMs', rotation.graceMs, 0)
  const byId = new Map(clients.map((client) => [client.id, client]))
  if (byId.size < clients.length) throw new ConfigurationError('Two `clients` have the same `id`.')
  return {
    clock,
    clients: byId,
    rotation,
    onReuse,
    accessTokenMs,
    refreshTokenMs,
    refreshEndsAccessTokens,
    latencyMs,
    chaos,
  }
}
