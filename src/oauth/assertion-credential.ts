import {
  tokenCredential,
  tokenSource,
  type Credential,
  type OAuthVendor,
  type TokenStore,
  type Transport,
} from 'hawser'
import { tokenGrant } from './grants.ts'
import { signJwtAt, type JwtFacts } from './jwt.ts'
import { serverOf } from './server.ts'

/** A vendor that changes a JWT of the program's own for an access token, as data. */
export interface AssertionFacts {
  readonly vendor: string
  readonly oauth: OAuthVendor
  readonly facts: JwtFacts
  /** Names it in errors and events. */
  readonly connection: string
  /** What tells these tokens from all others in a store. */
  readonly key: readonly string[]
  readonly scopes?: readonly string[] | undefined
  /** Hosts that an answer may name as the address of the API. */
  readonly hosts?: readonly RegExp[] | undefined
  readonly transport?: Transport | undefined
  readonly store?: TokenStore | undefined
}

/** Makes the credential of such a vendor. @see https://www.rfc-editor.org/rfc/rfc7523#section-2.1 */
export function assertionCredential(assertion: AssertionFacts): Credential {
  const { vendor, oauth, facts, connection, key, scopes, hosts, transport, store } = assertion
  const server = serverOf({ profile: { name: vendor, oauth }, clientId: connection, ...(transport && { transport }) })
  // The assertion says who asks; there is no client beside it.
  const anonymous = { ...server, prove: () => {} }
  const grant = tokenGrant(anonymous, {
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    kind: 'jwt-bearer',
    unattended: true,
    scopes,
    parameters: async ({ runtime, clock }) => ({ assertion: await signJwtAt(facts, runtime.now() + clock.ms) }),
  })
  const source = tokenSource({
    connection,
    grant,
    key: key.map((part) => encodeURIComponent(part)).join('/'),
    ...(store && { store }),
  })
  return tokenCredential(source, { hosts })
}
