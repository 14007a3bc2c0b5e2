import {
  ConfigurationError,
  checkOptions,
  isRecord,
  parseJson,
  type Credential,
  type TokenStore,
  type Transport,
} from 'hawser'
import { assertionCredential } from '../assertion-credential.ts'
import { checkScopes } from '../scope-list.ts'
import { jwtFacts } from '../self-signed-jwt.ts'

/** Options of {@link googleServiceAccount}. */
export interface GoogleServiceAccountOptions {
  /** The key file, as text or parsed. */
  readonly key: string | Readonly<Record<string, unknown>>
  readonly scopes: readonly string[]
  /** The user of a Workspace domain to act for. @default none: the account itself */
  readonly subject?: string
  /** @default `axiosTransport()` */
  readonly transport?: Transport
  /** Shared by all processes, it spares each of them tokens of its own. @default in memory */
  readonly store?: TokenStore
}

/**
 * Asks Google as a service account.
 *
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 * @throws {ConfigurationError} where the key file is none, or an option is unknown
 */
export function googleServiceAccount(options: GoogleServiceAccountOptions): Credential {
  checkOptions('googleServiceAccount', options, ['key', 'scopes', 'subject', 'transport', 'store'])
  const { subject, transport, store } = options
  const scopes = checkScopes('scopes', options.scopes)
  const file = typeof options.key === 'string' ? parseJson(options.key) : options.key
  const {
    client_email: email,
    private_key: privateKey,
    private_key_id: keyId,
    token_uri: tokenUrl,
  } = isRecord(file) ? file : {}
  if (typeof email !== 'string' || typeof privateKey !== 'string') {
    throw new ConfigurationError(
      '`key` is no key file of a service account: it has no `client_email` and `private_key`.',
    )
  }
  const audience = typeof tokenUrl === 'string' ? tokenUrl : 'https://oauth2.googleapis.com/token'
  const facts = jwtFacts({
    privateKey,
    ...(typeof keyId === 'string' && { keyId }),
    claims: { iss: email, aud: audience, scope: scopes.join(' '), ...(subject !== undefined && { sub: subject }) },
    // An hour is the most; it is used at once.
    lifetimeSeconds: 300,
  })
  const connection = subject === undefined ? email : `${email} for ${subject}`
  return assertionCredential({
    vendor: 'google',
    oauth: { tokenUrl: audience },
    facts,
    connection,
    key: ['google-service-account', email, subject ?? '', ...scopes.toSorted()],
    scopes,
    transport,
    store,
  })
}
