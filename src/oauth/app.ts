import {
  ConfigurationError,
  createClockOffset,
  mainToken,
  systemRuntime,
  withListener,
  type Credential,
  type Grant,
  type TokenBundle,
  type TokenStore,
} from 'hawser'
import { checkAppOptions, checkRedirectUri, type OAuthAppOptions } from './app-options.ts'
import type { CallbackInput } from './callback.ts'
import { checkConnection, connectionsOf } from './connections.ts'
import { deviceTokens, type DevicePrompt } from './device.ts'
import { disconnect, type Disconnection } from './disconnect.ts'
import { validateIdToken } from './id-token.ts'
import { introspect, type Introspection } from './introspect.ts'
import { beginLogin, finishLogin, type BegunLogin, type CallbackCompany, type LoginContext } from './login.ts'
import { memoryLogins } from './login-states.ts'
import { checkReturnTo } from './return-address.ts'
import { checkScopes } from './scope-list.ts'
import { serverOf } from './server.ts'
import {
  clientCredentialsGrant,
  jwtBearerGrant,
  passwordGrant,
  samlBearerGrant,
  tokenExchangeGrant,
  type Assertion,
  type GrantWish,
  type PasswordWish,
  type TokenExchangeWish,
} from './unattended-grants.ts'

/** A login to be begun. */
export interface AuthorizationOptions {
  /** The name that the tokens will be kept under: a user's or a customer's id. */
  readonly connection: string
  /** @default the app's */
  readonly scopes?: readonly string[]
  /** Asked for beside those that the connection has, which stays as it is until the user agrees. */
  readonly addScopes?: readonly string[]
  /** A secret of the user's session, such as its id: the callback must come in the same one. */
  readonly binding?: string
  /** Where to send the user afterwards: a path of this site, or an address at one of the `returnOrigins`. */
  readonly returnTo?: string
  /** @default the app's */
  readonly redirectUri?: string
  /** Further parameters for the vendor's page, such as `login_hint`. */
  readonly parameters?: Readonly<Record<string, string>>
}

/** A connection that a user has just allowed. */
export interface ConnectedLogin {
  readonly connection: string
  /** What was granted, as far as the vendor tells. */
  readonly scopes: readonly string[]
  /** What was asked for and not granted. */
  readonly missingScopes: readonly string[]
  readonly returnTo?: string | undefined
  /** What the id_token says of the user, where `openid` was asked for; checked. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

/** A login with a code to type in elsewhere. */
export interface DeviceOptions {
  readonly connection: string
  /** @default the app's */
  readonly scopes?: readonly string[]
  /** Shows the user where to type in what. */
  readonly onPrompt: (prompt: DevicePrompt) => unknown
  /** Ends the wait. */
  readonly signal?: AbortSignal
}

/** Where the tokens of a grant that needs no user are kept. */
export interface UnattendedOptions {
  /** Names them in the store, in errors and in events. @default the grant, where there is no `store` */
  readonly connection?: string
  /** Shared by all processes, it spares each of them tokens of its own. Needs `connection`. @default in memory */
  readonly store?: TokenStore
}

/** A program at one authorization server. Everything that it gives out as a `Credential` goes into `auth` of a connector. */
export interface OAuthApp {
  /** Begins a login: gives the address of the vendor's page where the user allows it. */
  authorizationUrl(options: AuthorizationOptions): Promise<BegunLogin>
  /** Ends a login: checks the callback, gets the tokens and stores them. */
  handleCallback(callback: CallbackInput, company?: CallbackCompany): Promise<ConnectedLogin>
  /** Logs in on another device. Resolves when the user has agreed there. */
  device(options: DeviceOptions): Promise<ConnectedLogin>
  /** Asks in the name of a user who has logged in. */
  connection(connection: string, options?: { readonly token?: string }): Credential
  /** Asks in the program's own name. */
  clientCredentials(options?: GrantWish & UnattendedOptions): Credential
  /** Asks in the name of whom a signed JWT names. */
  jwtBearer(options: GrantWish & UnattendedOptions & { readonly assertion: Assertion }): Credential
  /** Asks in the name of whom a SAML assertion names. */
  samlBearer(options: GrantWish & UnattendedOptions & { readonly assertion: Assertion }): Credential
  /** Asks in the name of whom another token names. */
  tokenExchange(options: TokenExchangeWish & UnattendedOptions): Credential
  /** Asks with a user's password, which RFC 9700 forbids: for vendors that have nothing else. */
  dangerouslyPassword(options: PasswordWish & UnattendedOptions): Credential
  /** Reads what is stored for a connection; `undefined` where nobody has logged in. */
  tokens(connection: string): Promise<TokenBundle | undefined>
  /** Asks the vendor what a connection's token is good for. */
  introspect(connection: string, options?: { readonly token?: string }): Promise<Introspection>
  /** Revokes a connection's tokens and forgets them. */
  disconnect(connection: string): Promise<Disconnection>
  /** Resolves when no refresh is under way: wait for it before the process ends, or a new refresh token may be lost. */
  settled(): Promise<void>
}

/**
 * Makes an app: a program, as an authorization server knows it.
 *
 * @throws {ConfigurationError} where an option is unknown or missing, or the profile describes no OAuth
 */
export function oauthApp(options: OAuthAppOptions): OAuthApp {
  checkAppOptions(options)
  const { profile, clientId, tenant = {}, logins = memoryLogins(), loginMs = 600_000, returnOrigins = [] } = options
  const runtime = withListener(options.runtime ?? systemRuntime(), options.onEvent ?? (() => {}))
  const server = serverOf(options)
  const defaultScopes = options.scopes ?? server.oauth.scopes ?? []
  const names = [profile.name, clientId, ...Object.entries(tenant).toSorted(byName).flat()]
  const identity = names.map((name) => encodeURIComponent(name)).join('/')
  const connections = connectionsOf({ server, profile, identity, options })
  const clock = createClockOffset()
  const login: LoginContext = { server, states: logins, identity, loginMs, clock, runtime }

  function unattended(grant: Grant, { connection, store }: UnattendedOptions): Credential {
    // Under one name, the tokens of two assertions would be taken for each other's.
    if (store && connection === undefined) throw new ConfigurationError('With `store`, a `connection` has to be named.')
    return connections.credential(connections.unattended(connection ?? grant.kind, grant, store), undefined)
  }

  async function wishedScopes({ connection, scopes, addScopes }: AuthorizationOptions): Promise<readonly string[]> {
    if (scopes !== undefined) checkScopes('scopes', scopes)
    if (addScopes === undefined) return scopes ?? defaultScopes
    checkScopes('addScopes', addScopes)
    const stored = await connections.source(connection).stored(runtime)
    return [...new Set([...(scopes ?? stored?.[mainToken]?.scopes ?? defaultScopes), ...addScopes])]
  }

  return {
    async authorizationUrl(wish) {
      const { connection, binding, returnTo, parameters } = wish
      const redirectUri = wish.redirectUri ?? options.redirectUri
      if (redirectUri === undefined) throw new ConfigurationError('A login needs `redirectUri`, as it is registered.')
      checkConnection(connection)
      if (returnTo !== undefined) checkReturnTo(returnTo, returnOrigins)
      const scopes = await wishedScopes(wish)
      checkRedirectUri(redirectUri)
      return beginLogin(login, { connection, redirectUri, scopes, binding, returnTo, parameters })
    },
    async handleCallback(callback, company = {}) {
      const { login: begun, answer, claims } = await finishLogin(login, callback, company)
      const { connection, scopes, returnTo } = begun
      const bundle = await connections.source(connection).put(answer, runtime)
      return { ...connected(connection, bundle, scopes), returnTo, claims: claims() }
    },
    async device({ connection, scopes = defaultScopes, onPrompt, signal }) {
      checkConnection(connection)
      checkScopes('scopes', scopes)
      let claims: ConnectedLogin['claims']
      async function validate({ main }: TokenBundle): Promise<void> {
        const { jwks } = await server.addresses(runtime)
        if (main?.idToken === undefined || jwks === undefined || !scopes.includes('openid')) return
        claims = await validateIdToken(server, main.idToken, { runtime })
      }
      const answer = await deviceTokens({ server, clock, runtime, scopes, onPrompt, signal, validate })
      return { ...connected(connection, await connections.source(connection).put(answer, runtime), scopes), claims }
    },
    connection: (name, { token } = {}) => connections.credential(connections.source(name), token),
    clientCredentials: (wish = {}) => unattended(clientCredentialsGrant(server, wish), wish),
    jwtBearer: (wish) => unattended(jwtBearerGrant(server, wish), wish),
    samlBearer: (wish) => unattended(samlBearerGrant(server, wish), wish),
    tokenExchange: (wish) => unattended(tokenExchangeGrant(server, wish), wish),
    dangerouslyPassword: (wish) => unattended(passwordGrant(server, wish), wish),
    tokens: (connection) => connections.source(connection).stored(runtime),
    introspect: (connection, { token = mainToken } = {}) =>
      introspect(server, connections.source(connection), token, runtime),
    disconnect: (connection) => disconnect(server, connections.source(connection), runtime),
    settled: connections.settled,
  }
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1
}

function connected(connection: string, bundle: TokenBundle, wished: readonly string[]): ConnectedLogin {
  const granted = new Set(Object.values(bundle).flatMap(({ scopes = [] }) => scopes))
  return { connection, scopes: [...granted], missingScopes: wished.filter((scope) => !granted.has(scope)) }
}
