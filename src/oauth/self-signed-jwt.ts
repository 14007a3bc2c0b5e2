import {
  ConfigurationError,
  checkNumber,
  checkOptions,
  tokenCredential,
  tokenSource,
  type Credential,
  type Grant,
} from 'hawser'
import { privateKey as readPrivateKey, type PrivateKey } from 'hawser/signing'
import { signJwtAt, type JwtFacts } from './jwt.ts'
import { algorithmOf } from './key-algorithm.ts'

/** Options of {@link selfSignedJwt}. */
export interface SelfSignedJwtOptions {
  readonly privateKey?: PrivateKey
  /** A secret shared with the vendor instead of a key, for HS256. At least 32 bytes, or it can be guessed. */
  readonly secret?: string | Uint8Array
  /** Names the key in the token's header. */
  readonly keyId?: string
  /** @default by the kind of the key: RS256, ES256 …; HS256 for a secret */
  readonly algorithm?: string
  /** Further fields of the token's header. */
  readonly header?: Readonly<Record<string, unknown>>
  /** All but `iat` and `exp`. */
  readonly claims: Readonly<Record<string, unknown>>
  /** How long each token is good. Vendors have a limit. @default 300 */
  readonly lifetimeSeconds?: number
  /** How long before its signing a token says that it was signed; at most 60. @default 30 */
  readonly backdateSeconds?: number
  /** Names it in errors and events. @default 'self-signed' */
  readonly connection?: string
}

const optionNames: readonly (keyof SelfSignedJwtOptions)[] = [
  'privateKey',
  'secret',
  'keyId',
  'algorithm',
  'header',
  'claims',
  'lifetimeSeconds',
  'backdateSeconds',
  'connection',
]

/**
 * Sends tokens that the program signs itself. Each is used until shortly before its end, and signed by the vendor's clock, which is
 * read off its answers.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519
 * @throws {ConfigurationError} where there is not exactly one of `privateKey` and `secret`, or a number cannot be
 */
export function selfSignedJwt(options: SelfSignedJwtOptions): Credential {
  checkOptions('selfSignedJwt', options, optionNames)
  const { connection = 'self-signed' } = options
  return tokenCredential(tokenSource({ connection, grant: selfSignedGrant(jwtFacts(options)) }))
}

/**
 * Makes the facts of a JWT from options.
 *
 * @throws {ConfigurationError} where they cannot be
 */
export function jwtFacts(options: Omit<SelfSignedJwtOptions, 'connection'>): JwtFacts {
  const { privateKey, secret, claims, keyId, header, lifetimeSeconds = 300, backdateSeconds = 30 } = options
  if ((privateKey === undefined) === (secret === undefined)) {
    throw new ConfigurationError('A JWT is signed with either a `privateKey` or a `secret`.')
  }
  checkNumber('lifetimeSeconds', lifetimeSeconds, 1)
  if (lifetimeSeconds === Infinity) throw new ConfigurationError('`lifetimeSeconds` is finite: a token has an end.')
  checkNumber('backdateSeconds', backdateSeconds, 0)
  if (backdateSeconds > 60) throw new ConfigurationError('`backdateSeconds` is at most 60.')
  const common = { claims, keyId, header, lifetimeSeconds, backdateSeconds }
  if (privateKey !== undefined) {
    const key = readPrivateKey(privateKey)
    return { ...common, key, algorithm: options.algorithm ?? algorithmOf(key) }
  }
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : (secret ?? new Uint8Array())
  return { ...common, key, algorithm: options.algorithm ?? 'HS256' }
}

/** Gives a token of the program's own making, without asking anyone. */
function selfSignedGrant(facts: JwtFacts): Grant {
  return {
    kind: 'self-signed jwt',
    unattended: true,
    async obtain({ runtime, clock }) {
      const now = runtime.now()
      const accessToken = await signJwtAt(facts, now + clock.ms)
      const tokens = { accessToken, obtainedAt: now, expiresAt: now + facts.lifetimeSeconds * 1000 }
      return { raw: accessToken, read: () => ({ main: tokens }) }
    },
  }
}
