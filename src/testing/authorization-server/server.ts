import type { Simulator } from '../simulator.ts'
import type { TokenFault } from './faults.ts'
import type { Counters, TokenRequest } from './journal.ts'
import { settle, type AuthorizationServerOptions } from './options.ts'
import { protect, type Access, type ProtectOptions } from './resource.ts'
import { route } from './route.ts'
import { newState } from './state.ts'
import { introspect } from './token-status.ts'

/** A connection that a test begins with, as if the user had just consented. */
export interface Connection {
  readonly accessToken: string
  readonly refreshToken: string
}

/** An OAuth 2 authorization server for tests. */
export interface AuthorizationServer extends Simulator {
  /** What happened so far, in numbers. */
  readonly counters: Counters
  /** Every token request so far, secrets included. */
  readonly tokenRequests: readonly TokenRequest[]
  /** Makes users consent from now on, to all that is asked for or to a narrower scope. The default, as `user-1`. */
  approve(consent?: { readonly subject?: string; readonly scope?: string }): void
  /** Makes users refuse from now on. @default 'access_denied' */
  deny(error?: string): void
  /** Gives tokens without a browser. The client is the first one unless named. */
  connect(consent?: { readonly clientId?: string; readonly subject?: string; readonly scope?: string }): Connection
  /** Strikes the next token requests, or the next ones of a `grant_type`. Scripted faults strike in their order. */
  strike(fault: TokenFault, options?: { readonly times?: number; readonly grant?: string }): void
  /** Tells whether a token is good now. */
  isLive(token: string): boolean
  /** Tells what a token is good for, as the introspection endpoint answers it. It does not count as a use of it. */
  introspect(token: string): Readonly<Record<string, unknown>>
  /** Ends the grant that a token descends from, as a user does in the vendor's settings. */
  disconnect(token: string): void
  /** Tells whether a request brings a token that is good now, and counts as a use of it: for a simulator of the vendor's API. */
  protect(request: Request, options?: ProtectOptions): Access
}

/**
 * Makes an OAuth 2 authorization server that enforces what vendors enforce: secrets, single use of codes, expiry, rotation of
 * refresh tokens and detection of their reuse.
 *
 * It is a {@link Simulator}: `await server.respond(new Request(…))`, `mockVendor(server)`, or on a real socket behind any
 * adapter of `Request` and `Response`. Where a fault drops the connection, `respond` rejects with a `NetworkError`: an adapter
 * then destroys the socket. On a real socket give it `{ clock: { runtime: systemRuntime() } }`.
 *
 * To race refreshes against it: `const { refreshToken } = server.connect()` makes a connection; `POST /token` refreshes it (client
 * `client`, secret `secret`); `GET /resource` uses an access token. `accessTokenMs` makes it expire soon, `latencyMs` makes
 * requests overlap, `chaos` loses answers by chance. `server.counters` then tells refreshes, how many of one connection ran in
 * parallel, and how often a used token came again; `server.isLive(token)` whether the connection survived.
 *
 * @throws {ConfigurationError} where an option is unknown or cannot be
 */
export function authorizationServer(options: AuthorizationServerOptions = {}): AuthorizationServer {
  const settings = settle(options)
  const state = newState(settings)
  const { ledger, journal, runtime } = state

  return {
    origin: settings.origin,
    async respond(request) {
      const response = await route(state, request)
      if (response?.headers.has('date') === false) response.headers.set('date', new Date(runtime.now()).toUTCString())
      return response
    },
    get counters() {
      const { refreshes, reissues, maxParallelRefreshes, reuseDetections } = journal
      const requests: Record<string, number> = {}
      for (const { grantType } of journal.requests) requests[grantType] = (requests[grantType] ?? 0) + 1
      return {
        refreshes,
        reissues,
        maxParallelRefreshes,
        reuseDetections,
        familiesRevoked: ledger.revoked,
        requests,
      }
    },
    tokenRequests: journal.requests,
    approve: ({ subject = 'user-1', scope } = {}) => void (state.decision = { approved: true, subject, scope }),
    deny: (error = 'access_denied') => void (state.decision = { approved: false, error }),
    connect({ clientId = [...settings.clients.keys()][0] ?? '', subject = 'user-1', scope = '' } = {}) {
      const grant = ledger.open({ clientId, subject, scope })
      return { accessToken: ledger.issue('access', grant).value, refreshToken: ledger.issue('refresh', grant).value }
    },
    strike: (fault, { times = 1, grant } = {}) => state.faults.add(fault, times, grant),
    isLive(value) {
      const token = ledger.find(value)
      return token !== undefined && ledger.isLive(token)
    },
    introspect: (value) => introspect(state, value, settings.origin),
    disconnect(value) {
      const token = ledger.find(value)
      if (token) ledger.tell(token.grant, { type: 'revoke' })
    },
    protect: (request, protectOptions) => protect(state, request, protectOptions),
  }
}
