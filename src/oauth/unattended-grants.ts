import type { Grant } from 'hawser'
import { tokenGrant } from './grants.ts'
import type { Server } from './question.ts'
import { checkScopes } from './scope-list.ts'
import type { Parameters } from './token-endpoint.ts'

/** What most grants can be asked for. */
export interface GrantWish {
  /** @default the vendor's own */
  readonly scopes?: readonly string[]
  /** Which API the token is for. */
  readonly audience?: string | readonly string[]
  /** Which API the token is for, as an address. @see https://www.rfc-editor.org/rfc/rfc8707#section-2 */
  readonly resource?: string | readonly string[]
  /** Further parameters, of the vendor's own. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** Text, or a function that gives the present one. */
export type Assertion = string | (() => string | Promise<string>)

/** The program asks for itself. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
export function clientCredentialsGrant(server: Server, wish: GrantWish): Grant {
  return unattended(server, wish, 'client_credentials', () => ({}))
}

/** A signed JWT says whom the program asks for. @see https://www.rfc-editor.org/rfc/rfc7523#section-2.1 */
export function jwtBearerGrant(server: Server, wish: GrantWish & { readonly assertion: Assertion }): Grant {
  return unattended(server, wish, 'urn:ietf:params:oauth:grant-type:jwt-bearer', async () => ({
    assertion: await textOf(wish.assertion),
  }))
}

/** A signed SAML assertion says whom the program asks for. @see https://www.rfc-editor.org/rfc/rfc7522#section-2.1 */
export function samlBearerGrant(server: Server, wish: GrantWish & { readonly assertion: Assertion }): Grant {
  return unattended(server, wish, 'urn:ietf:params:oauth:grant-type:saml2-bearer', async () => ({
    assertion: Buffer.from(await textOf(wish.assertion)).toString('base64url'),
  }))
}

/** What a token exchange is asked for. */
export interface TokenExchangeWish extends GrantWish {
  /** Whom the new token is for. */
  readonly subjectToken: Assertion
  /** @default 'urn:ietf:params:oauth:token-type:access_token' */
  readonly subjectTokenType?: string
  /** Who acts for them. */
  readonly actorToken?: Assertion
  /** @default 'urn:ietf:params:oauth:token-type:access_token' */
  readonly actorTokenType?: string
  readonly requestedTokenType?: string
}

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** A token is changed for another. @see https://www.rfc-editor.org/rfc/rfc8693#section-2.1 */
export function tokenExchangeGrant(server: Server, wish: TokenExchangeWish): Grant {
  const { subjectToken, subjectTokenType = accessTokenType, actorToken, actorTokenType = accessTokenType } = wish
  return unattended(server, wish, 'urn:ietf:params:oauth:grant-type:token-exchange', async () => ({
    subject_token: await textOf(subjectToken),
    subject_token_type: subjectTokenType,
    requested_token_type: wish.requestedTokenType,
    ...(actorToken !== undefined && { actor_token: await textOf(actorToken), actor_token_type: actorTokenType }),
  }))
}

/** What a password grant is asked for. */
export interface PasswordWish extends GrantWish {
  readonly username: string
  readonly password: Assertion
}

/** The program knows the user's password. @see https://www.rfc-editor.org/rfc/rfc9700#section-2.4 which forbids it */
export function passwordGrant(server: Server, wish: PasswordWish): Grant {
  const kind = 'password, which RFC 9700 forbids'
  const asked = async (): Promise<Parameters> => ({ username: wish.username, password: await textOf(wish.password) })
  return { ...unattended(server, wish, 'password', asked), kind }
}

function unattended(
  server: Server,
  { scopes = server.oauth.scopes, audience, resource, parameters }: GrantWish,
  grantType: string,
  own: () => Parameters | Promise<Parameters>,
): Grant {
  if (scopes !== undefined) checkScopes('scopes', scopes)
  const { scopeSeparator = ' ' } = server.oauth
  const scope = scopes === undefined || scopes.length === 0 ? undefined : scopes.join(scopeSeparator)
  return tokenGrant(server, {
    grantType,
    kind: grantType.split(':').at(-1) ?? grantType,
    unattended: true,
    scopes,
    parameters: async () => ({ scope, audience, resource, ...parameters, ...(await own()) }),
  })
}

async function textOf(assertion: Assertion): Promise<string> {
  return typeof assertion === 'function' ? assertion() : assertion
}
