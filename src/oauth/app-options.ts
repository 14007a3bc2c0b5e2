import {
  ConfigurationError,
  checkNumber,
  checkOptions,
  type Runtime,
  type RuntimeEvent,
  type VendorProfile,
} from 'hawser'
import { isLoopback } from './addresses.ts'
import type { ConnectionOptions } from './connections.ts'
import type { LoginStates } from './pending-login.ts'
import { checkScopes } from './scope-list.ts'
import type { ServerOptions } from './server.ts'

/** Options of {@link oauthApp}. */
export interface OAuthAppOptions extends ServerOptions, ConnectionOptions {
  /** A profile with `oauth` in it; the connectors that take its credentials have the same one. */
  readonly profile: VendorProfile
  /** Where the vendor sends users back to, exactly as it is registered there. */
  readonly redirectUri?: string
  /** Asked for where a login names none. @default the vendor's own */
  readonly scopes?: readonly string[]
  /** Where logins are kept until they come back. @default `memoryLogins()` */
  readonly logins?: LoginStates
  /** How long a user may take for a login; at most ten minutes. Milliseconds. @default 600_000 */
  readonly loginMs?: number
  /** Origins beside this site's own paths that a login may return to, such as `https://app.example.com`. @default none */
  readonly returnOrigins?: readonly string[]
  /** Gets the events of what the app does itself; those of a refresh go to the client that needed it. */
  readonly onEvent?: (event: RuntimeEvent) => unknown
  /** Time and chance. @default those of the process */
  readonly runtime?: Runtime
}

const optionNames: readonly (keyof OAuthAppOptions)[] = [
  'profile',
  'oauth',
  'tenant',
  'clientId',
  'clientSecret',
  'oldClientSecret',
  'privateKey',
  'keyId',
  'algorithm',
  'tls',
  'dpop',
  'transport',
  'timeoutMs',
  'store',
  'leaseMs',
  'advisoryMs',
  'mandatoryMs',
  'redirectUri',
  'scopes',
  'logins',
  'loginMs',
  'returnOrigins',
  'onEvent',
  'runtime',
]

// A state that is good for longer is good for whoever finds it.
const longestLoginMs = 600_000

/**
 * Checks the options of an app.
 *
 * @throws {ConfigurationError} where one is unknown or cannot be
 */
export function checkAppOptions(options: OAuthAppOptions): void {
  checkOptions('oauthApp', options, optionNames)
  const { loginMs = longestLoginMs, redirectUri, scopes } = options
  checkNumber('loginMs', loginMs, 1)
  if (loginMs > longestLoginMs) throw new ConfigurationError('`loginMs` is at most 600_000, which is ten minutes.')
  if (redirectUri !== undefined) checkRedirectUri(redirectUri)
  if (scopes !== undefined) checkScopes('scopes', scopes)
}

/**
 * Checks where users are sent back to: https, this very machine, or a scheme of the program's own.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8252#section-7
 * @throws {ConfigurationError}
 */
export function checkRedirectUri(redirectUri: string): string {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined
  if (!url || redirectUri.includes('#') || (url.protocol === 'http:' && !isLoopback(url))) {
    throw new ConfigurationError('`redirectUri` is an https address without a fragment, exactly as it is registered.')
  }
  return redirectUri
}
