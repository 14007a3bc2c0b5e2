import { checkNumber, checkOptions, type Runtime } from 'hawser'
import { fakeClock } from '../fake-clock.ts'
import { settleClients, type Client, type RegisteredClient } from './clients.ts'
import type { TokenChaos } from './faults.ts'
import { publicKeyOf, type NamedKey, type PublicKey, type SigningKey } from './keys.ts'
import type { Paths, Quirk } from './quirk.ts'
import type { OnReuse, Rotation } from './rotation.ts'

/** Where the server takes its time from. A `FakeClock` is one. */
export interface ServerClock {
  readonly runtime: Runtime
  /** Says that a request under way waits for time to pass. */
  hang?(): () => void
}

/** Somebody whose assertions the server takes for a user's word. */
export interface TrustedIssuer {
  /** Compared with `iss`. */
  readonly issuer: string
  readonly publicKey: PublicKey
}

/** How the server asks for proofs of possession. @see https://www.rfc-editor.org/rfc/rfc9449 */
export interface DpopOptions {
  /** Whether every token must be bound to a key. @default false */
  readonly required?: boolean
  /** Whether a proof needs a nonce of the server's. @default false */
  readonly nonce?: boolean
}

/** Options of `authorizationServer`. */
export interface AuthorizationServerOptions {
  /**
   * Where it pretends to be. Its issuer is the origin that it is asked at, so that it works on a loopback port too.
   *
   * @default the quirk's, or 'https://auth.test'
   */
  readonly origin?: string
  /** `{ runtime: systemRuntime() }` where it is served on a real socket. @default a `fakeClock()` of its own, that stands still */
  readonly clock?: ServerClock
  /** @default one, with the id `client` and the secret `secret` */
  readonly clients?: readonly RegisteredClient[]
  /** How the vendor differs from the RFCs, such as `quirks.slack`. Options say more than the quirk does. */
  readonly quirk?: Quirk
  /** @default the quirk's, or 'strict' */
  readonly rotation?: Rotation
  /** @default 'revoke-family'; 'refuse' with `until-first-use` */
  readonly onReuse?: OnReuse
  /** How long an access token is good. Milliseconds. @default the quirk's, or 3_600_000 */
  readonly accessTokenMs?: number
  /** How long a refresh token is good. Milliseconds. @default the quirk's, or Infinity */
  readonly refreshTokenMs?: number
  /** Whether a refresh ends the access tokens before it. @default the quirk's, or false */
  readonly refreshEndsAccessTokens?: boolean
  /** The only scopes that there are. @default any */
  readonly scopes?: readonly string[]
  /** Whether an authorization request must be pushed first. @see https://www.rfc-editor.org/rfc/rfc9126#section-5 @default false */
  readonly requirePushedRequests?: boolean
  readonly dpop?: DpopOptions
  /** How often a device may ask. Seconds. @default 5 */
  readonly deviceIntervalSeconds?: number
  /** How long the code of a device is good. Milliseconds. @default 600_000 */
  readonly deviceCodeMs?: number
  /** Whose JWTs are taken for a user's word: for the JWT bearer grant, and as tokens to exchange. */
  readonly trustedIssuers?: readonly TrustedIssuer[]
  /** Gives whom a SAML assertion, decoded, speaks for; `undefined` refuses it. @default refuses all */
  readonly samlSubject?: (assertion: string) => string | undefined
  /** The passwords by user. Without it, there is no password grant. @see https://www.rfc-editor.org/rfc/rfc9700#section-2.4 */
  readonly passwords?: Readonly<Record<string, string>>
  /** What id tokens are signed with, by a key made at first use. @default 'RS256' */
  readonly signingAlgorithm?: SigningKey['algorithm']
  /** How long the token endpoint takes for an answer, after its work is done. Milliseconds. @default 0 */
  readonly latencyMs?: number
  /** Faults of the token endpoint by chance, beside those that are scripted. */
  readonly chaos?: TokenChaos
}

/** The options that only need filling in. */
type Filled =
  | 'origin'
  | 'clock'
  | 'quirk'
  | 'rotation'
  | 'onReuse'
  | 'accessTokenMs'
  | 'refreshTokenMs'
  | 'refreshEndsAccessTokens'
  | 'requirePushedRequests'
  | 'dpop'
  | 'deviceIntervalSeconds'
  | 'deviceCodeMs'
  | 'samlSubject'
  | 'signingAlgorithm'
  | 'latencyMs'

/** The options, complete. */
export interface Settings extends Required<Pick<AuthorizationServerOptions, Filled>> {
  readonly paths: Paths
  readonly clients: ReadonlyMap<string, Client>
  readonly scopes: ReadonlySet<string> | undefined
  readonly trustedIssuers: ReadonlyMap<string, NamedKey>
  readonly passwords: Readonly<Record<string, string>> | undefined
  readonly chaos: TokenChaos | undefined
}

const names: readonly (keyof AuthorizationServerOptions)[] = [
  'origin',
  'clock',
  'clients',
  'quirk',
  'rotation',
  'onReuse',
  'accessTokenMs',
  'refreshTokenMs',
  'refreshEndsAccessTokens',
  'scopes',
  'requirePushedRequests',
  'dpop',
  'deviceIntervalSeconds',
  'deviceCodeMs',
  'trustedIssuers',
  'samlSubject',
  'passwords',
  'signingAlgorithm',
  'latencyMs',
  'chaos',
]

const standard: Quirk = { see: 'https://www.rfc-editor.org/rfc/rfc6749' }

const standardPaths: Omit<Paths, 'refresh'> = {
  authorize: '/authorize',
  token: '/token',
  revoke: '/revoke',
  introspect: '/introspect',
  deviceAuthorization: '/device_authorization',
  device: '/device',
  par: '/par',
  jwks: '/jwks',
  resource: '/resource',
}

/**
 * Fills in what an option does not say.
 *
 * @throws {ConfigurationError} where an option is unknown or cannot be
 */
export function settle(options: AuthorizationServerOptions): Settings {
  checkOptions('authorizationServer', options, names)
  const { quirk = standard, clients = [{ id: 'client', secret: 'secret' }], trustedIssuers = [], scopes } = options
  const { rotation = quirk.rotation ?? 'strict' } = options
  const times = {
    accessTokenMs: options.accessTokenMs ?? quirk.accessTokenMs ?? 3_600_000,
    refreshTokenMs: options.refreshTokenMs ?? quirk.refreshTokenMs ?? Number.POSITIVE_INFINITY,
    deviceCodeMs: options.deviceCodeMs ?? 600_000,
    deviceIntervalSeconds: options.deviceIntervalSeconds ?? 5,
    latencyMs: options.latencyMs ?? 0,
  }
  for (const [name, value] of Object.entries(times)) checkNumber(name, value, 0)
  if (typeof rotation === 'object') checkNumber('rotation.graceMs', rotation.graceMs, 0)
  const paths = { ...standardPaths, ...quirk.paths }
  return {
    ...times,
    origin: options.origin ?? quirk.origin ?? 'https://auth.test',
    clock: options.clock ?? fakeClock(),
    clients: settleClients(clients, quirk.token?.authentication),
    quirk,
    paths: { ...paths, refresh: paths.refresh ?? paths.token },
    rotation,
    onReuse: options.onReuse ?? (rotation === 'until-first-use' ? 'refuse' : 'revoke-family'),
    refreshEndsAccessTokens: options.refreshEndsAccessTokens ?? quirk.refreshEndsAccessTokens ?? false,
    scopes: scopes && new Set(scopes),
    requirePushedRequests: options.requirePushedRequests ?? false,
    dpop: options.dpop ?? {},
    trustedIssuers: new Map(trustedIssuers.map(({ issuer, publicKey }) => [issuer, publicKeyOf(publicKey)])),
    samlSubject: options.samlSubject ?? (() => undefined),
    passwords: options.passwords,
    signingAlgorithm: options.signingAlgorithm ?? 'RS256',
    chaos: options.chaos,
  }
}
