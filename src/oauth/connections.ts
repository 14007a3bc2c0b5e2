import {
  InvalidRequestError,
  attachBearer,
  memoryTokenStore,
  refusedByBody,
  tokenCredential,
  tokenSource,
  withHeader,
  type Attach,
  type Credential,
  type Grant,
  type TokenCredentialOptions,
  type TokenSource,
  type TokenStore,
  type TokenWindowOptions,
  type VendorProfile,
} from 'hawser'
import { dpopCredential } from './dpop-credential.ts'
import { refreshTokenGrant } from './grants.ts'
import type { Server } from './question.ts'

/** How tokens are kept and used. */
export interface ConnectionOptions extends TokenWindowOptions {
  /** Where the tokens of users' connections are kept. @default in memory, which is right for tests alone */
  readonly store?: TokenStore
  /** How long one process may take to get new tokens before another tries. Milliseconds. @default 60_000 */
  readonly leaseMs?: number
}

/** The users' connections of one app. */
export interface Connections {
  /** Gives the source of a connection: everyone who asks meanwhile has the same, so that one refresh serves all. */
  source(connection: string): TokenSource
  /** Makes a source of its own, for a grant that needs no user. */
  unattended(connection: string, grant: Grant, store: TokenStore | undefined): TokenSource
  /** Makes the credential of a source. */
  credential(source: TokenSource, token: string | undefined): Credential
  /** Resolves when no refresh is under way. */
  readonly settled: () => Promise<void>
}

/** What connections are made of. */
export interface ConnectionsContext {
  readonly server: Server
  readonly profile: Pick<VendorProfile, 'hosts'>
  /** Tells this server and client from all others in the same store. */
  readonly identity: string
  readonly options: ConnectionOptions
}

/** Makes the connections of an app. */
export function connectionsOf({ server, profile, identity, options }: ConnectionsContext): Connections {
  // Those that nobody holds any more are forgotten: a program may have a million users.
  const sources = new Map<string, WeakRef<TokenSource>>()
  // One for all: what is in memory must outlive the sources.
  const { store: users = memoryTokenStore(), leaseMs, advisoryMs, mandatoryMs } = options
  const windows = {
    ...(leaseMs !== undefined && { leaseMs }),
    ...(advisoryMs !== undefined && { advisoryMs }),
    ...(mandatoryMs !== undefined && { mandatoryMs }),
  }
  let sweepAt = 1_000

  function sweep(): void {
    if (sources.size < sweepAt) return
    for (const [key, source] of sources) if (!source.deref()) sources.delete(key)
    sweepAt = Math.max(1_000, sources.size * 2)
  }

  const make = (connection: string, grant: Grant, store: TokenStore | undefined): TokenSource => {
    checkConnection(connection)
    const whose = grant.unattended ? grant.kind : 'user'
    const key = `${identity}/${encodeURIComponent(whose)}/${encodeURIComponent(connection)}`
    return tokenSource({ ...windows, connection, grant, key, ...(store && { store }) })
  }
  const usage = usageOf(profile, server)

  return {
    source(connection) {
      const present = sources.get(connection)?.deref()
      if (present) return present
      sweep()
      const made = make(connection, refreshTokenGrant(server), users)
      sources.set(connection, new WeakRef(made))
      return made
    },
    unattended: make,
    credential(source, token) {
      const named = { ...usage, ...(token !== undefined && { token }) }
      return server.dpop ? dpopCredential(source, server.dpop, named) : tokenCredential(source, named)
    },
    async settled() {
      await Promise.all([...sources.values()].flatMap((source) => source.deref()?.settled() ?? []))
    },
  }
}

/**
 * Checks a connection's name before anything is sent in it.
 *
 * @throws {InvalidRequestError} where it is empty, or holds half a character, which no store's key can
 */
export function checkConnection(connection: string): void {
  if (typeof connection === 'string' && connection !== '' && !/\p{Surrogate}/u.test(connection)) return
  throw new InvalidRequestError('`connection` is a name.')
}

/** How a vendor's tokens are put on requests, and how its API says that one is no longer good. */
function usageOf({ hosts }: Pick<VendorProfile, 'hosts'>, { oauth }: Server): TokenCredentialOptions {
  const { refusedWhen, tokenHeader } = oauth
  return {
    hosts,
    attach: tokenHeader ? attachTo(tokenHeader) : attachBearer,
    refused: refusedWhen && refusedByBody(refusedWhen.path, refusedWhen.values),
  }
}

function attachTo({ name, prefix = '' }: { readonly name: string; readonly prefix?: string }): Attach {
  const header = name.toLowerCase()
  return (request, { accessToken }) => {
    const headers = withHeader(request.headers, header, prefix + accessToken)
    return { ...request, headers, secrets: [accessToken] }
  }
}
