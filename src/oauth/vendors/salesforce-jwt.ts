import { checkOptions, type Credential, type TokenStore, type Transport } from 'hawser'
import type { PrivateKey } from 'hawser/signing'
import { assertionCredential } from '../assertion-credential.ts'
import { jwtFacts } from '../self-signed-jwt.ts'

/** Options of {@link salesforceJwt}. */
export interface SalesforceJwtOptions {
  /** The consumer key of the connected app. */
  readonly clientId: string
  /** The one whose certificate the app holds. */
  readonly privateKey: PrivateKey
  /** The user to act for, whom the app is allowed for beforehand. */
  readonly username: string
  /** `https://test.salesforce.com` for a sandbox. @default 'https://login.salesforce.com' */
  readonly loginUrl?: string
  /** Where the tokens come from, where that is another address than `loginUrl`, such as a domain of one's own. @default `loginUrl` */
  readonly tokenOrigin?: string
  /** How long an access token is taken to be good, as the org's session settings say; the answer does not. @default until it is refused */
  readonly sessionSeconds?: number
  /** @default `axiosTransport()` */
  readonly transport?: Transport
  /** Shared by all processes, it spares each of them tokens of its own. @default in memory */
  readonly store?: TokenStore
}

const optionNames: readonly (keyof SalesforceJwtOptions)[] = [
  'clientId',
  'privateKey',
  'username',
  'loginUrl',
  'tokenOrigin',
  'sessionSeconds',
  'transport',
  'store',
]

/** Where an org can be: not where everyone logs in. @see https://help.salesforce.com/s/articleView?id=xcloud.domain_name_url_formats.htm */
const hosts = [/^(?!(?:login|test)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.salesforce\.com$/]

/**
 * Asks Salesforce for a user, with a signed assertion. Requests go to the org's own address, which comes with the token.
 *
 * @see https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
 * @throws {ConfigurationError} where an option is unknown, or the key cannot be read
 */
export function salesforceJwt(options: SalesforceJwtOptions): Credential {
  checkOptions('salesforceJwt', options, optionNames)
  const { clientId, privateKey, username, loginUrl = 'https://login.salesforce.com', sessionSeconds } = options
  const { tokenOrigin = loginUrl, transport, store } = options
  return assertionCredential({
    vendor: 'salesforce',
    oauth: {
      tokenUrl: `${tokenOrigin}/services/oauth2/token`,
      baseUrlPath: 'instance_url',
      ...(sessionSeconds !== undefined && { expiry: { assumeSeconds: sessionSeconds } }),
    },
    // It must end within three minutes.
    facts: jwtFacts({
      privateKey,
      algorithm: 'RS256',
      claims: { iss: clientId, sub: username, aud: loginUrl },
      lifetimeSeconds: 120,
      backdateSeconds: 0,
    }),
    connection: username,
    key: ['salesforce-jwt', tokenOrigin, clientId, username],
    hosts,
    transport,
    store,
  })
}
