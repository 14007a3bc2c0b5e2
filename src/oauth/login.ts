import {
  ConfigurationError,
  InvalidRequestError,
  OAuthError,
  type ClockOffset,
  type Runtime,
  type TokenAnswer,
} from 'hawser'
import { authorizationAddress } from './authorization-address.ts'
import { callbackRefused, parametersOf, readCallback, type CallbackInput } from './callback.ts'
import { checkProof } from './callback-proof.ts'
import { loadOpenidClient } from './libraries.ts'
import { validateIdToken } from './id-token.ts'
import type { LoginStates, PendingLogin } from './pending-login.ts'
import type { Server } from './question.ts'
import { fingerprint, sameText } from './same-text.ts'
import { askForTokens } from './token-endpoint.ts'

/** What logins of one app have in common. */
export interface LoginContext {
  readonly server: Server
  readonly states: LoginStates
  /** Tells this server and client from others whose logins are kept in the same place. */
  readonly identity: string
  /** How long a user may take. Milliseconds. */
  readonly loginMs: number
  readonly clock: ClockOffset
  readonly runtime: Runtime
}

/** A login to be begun. */
export interface LoginWish {
  readonly connection: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly binding?: string | undefined
  readonly returnTo?: string | undefined
  readonly parameters?: Readonly<Record<string, string>> | undefined
}

/** Where to send the user, and what has to come back. */
export interface BegunLogin {
  /** The vendor's page where the user allows it. */
  readonly url: string
  /** To be kept in a cookie and given to `handleCallback`, where logins are carried that way. */
  readonly sealed?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/**
 * Begins a login: makes its secrets, keeps them, and gives the address of the vendor's page.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1
 */
export async function beginLogin({ server, ...context }: LoginContext, wish: LoginWish): Promise<BegunLogin> {
  const { runtime, states, identity, loginMs } = context
  const { connection, redirectUri, scopes, binding, returnTo } = wish
  const { pkce = true } = server.oauth
  const addresses = await server.addresses(runtime)
  const openid = scopes.includes('openid')
  if (openid && addresses.jwks === undefined) {
    throw new ConfigurationError('The scope `openid` brings an id_token: `oauth` needs `jwksUrl`, or `discover: true`.')
  }
  const { randomNonce, randomPKCECodeVerifier, calculatePKCECodeChallenge } = await loadOpenidClient()
  const verifier = pkce ? randomPKCECodeVerifier() : undefined
  const nonce = openid ? randomNonce() : undefined
  const login: PendingLogin = {
    server: identity,
    connection,
    redirectUri,
    scopes,
    expiresAt: runtime.now() + loginMs,
    ...(verifier !== undefined && { verifier }),
    ...(nonce !== undefined && { nonce }),
    ...(binding !== undefined && { binding: fingerprint(binding) }),
    ...(returnTo !== undefined && { returnTo }),
  }
  const { state, sealed } = await states.keep(login, runtime)
  const url = await authorizationAddress(
    { ...context, server },
    {
      ...wish.parameters,
      redirect_uri: redirectUri,
      scope: scopes.length === 0 ? undefined : scopes.join(server.oauth.scopeSeparator ?? ' '),
      state,
      nonce,
      code_challenge: verifier === undefined ? undefined : await calculatePKCECodeChallenge(verifier),
      code_challenge_method: verifier === undefined ? undefined : 'S256',
      // So that nobody with another key can change the code. @see https://www.rfc-editor.org/rfc/rfc9449#section-10
      dpop_jkt: await server.dpop?.thumbprint(),
    },
  )
  return { url, expiresAt: login.expiresAt, ...(sealed !== undefined && { sealed }) }
}

/** What comes back with a callback by another way than its address. */
export interface CallbackCompany {
  readonly binding?: string | undefined
  readonly sealed?: string | undefined
}

/** A login that has come back with tokens. */
export interface FinishedLogin {
  readonly login: PendingLogin
  readonly answer: TokenAnswer
  /** What the id_token says, once the answer was validated. */
  readonly claims: () => Readonly<Record<string, unknown>> | undefined
}

/**
 * Ends a login: finds what was kept of it, checks the callback against that, and changes its code for tokens.
 *
 * @throws {InvalidRequestError} where the callback belongs to no login of this session, server and client, or is not signed as the
 * vendor signs; nothing was sent
 * @throws {OAuthError} where the user or the server refuses
 */
export async function finishLogin(
  context: LoginContext,
  input: CallbackInput,
  company: CallbackCompany,
): Promise<FinishedLogin> {
  const { server, states, runtime, clock } = context
  const came = parametersOf(input)
  // First of all: what was not made by the vendor must not use up a login.
  await checkProof(came, context)
  const callback = readCallback(came, server.oauth.codeParameter)
  const { state, code, error } = callback
  const login = await states.take(state, company.sealed, runtime)
  if (!login || login.expiresAt <= runtime.now()) {
    throw new InvalidRequestError('The `state` of the callback is unknown, used or too old. Begin the login anew.')
  }
  if (login.server !== context.identity)
    throw new InvalidRequestError('The callback belongs to another server’s login.')
  checkBinding(login, company.binding)
  const { issuer, alwaysNamesIssuer } = await server.addresses(runtime)
  checkIssuer(callback.issuer, issuer, alwaysNamesIssuer)
  const { connection, redirectUri, scopes, verifier, nonce } = login
  if (error !== undefined || code === undefined) throw callbackRefused(error ?? '', server.vendor, connection)

  // Of the address that was registered, and not of the one that was called: a proxy may stand in between.
  const address = new URL(redirectUri)
  for (const [name, value] of Object.entries({ code, state, iss: callback.issuer })) {
    if (value !== undefined) address.searchParams.set(name, value)
  }
  let claims: Readonly<Record<string, unknown>> | undefined
  const answer = await askForTokens(server, {
    grantType: 'authorization_code',
    parameters: {},
    fixed: { redirect_uri: server.oauth.redirectUri ?? redirectUri },
    repeat: 'unprocessed',
    runtime,
    clock,
    scopes,
    ask: (parameters) => (library, configuration) =>
      library.authorizationCodeGrant(
        configuration,
        address,
        { expectedState: state, ...(verifier !== undefined && { pkceCodeVerifier: verifier }) },
        parameters,
      ),
    validate: async ({ main }) => {
      if (nonce === undefined) return
      if (main?.idToken === undefined) throw missingIdToken(server, connection)
      claims = await validateIdToken(server, main.idToken, { nonce, runtime })
    },
  })
  return { login, answer, claims: () => claims }
}

/** A login begun in one browser must not end in another. @see https://www.rfc-editor.org/rfc/rfc9700#section-4.7 */
function checkBinding({ binding }: PendingLogin, given: string | undefined): void {
  const same = binding === undefined || given === undefined ? binding === given : sameText(binding, fingerprint(given))
  if (!same) throw new InvalidRequestError('The callback came in another session than the login was begun in.')
}

/** @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4 */
function checkIssuer(named: string | undefined, issuer: string, always: boolean): void {
  if (named === undefined ? always : named !== issuer) {
    throw new InvalidRequestError('The callback does not name the server that the login was begun with.')
  }
}

function missingIdToken({ vendor }: Server, connection: string): OAuthError {
  const message = 'The scope `openid` was asked for, and no id_token came.'
  return new OAuthError(message, { failure: 'protocol', vendor, connection })
}
