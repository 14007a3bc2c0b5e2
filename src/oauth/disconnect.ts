import { OAuthError, isHawserError, type Runtime, type TokenBundle, type TokenSource } from 'hawser'
import { converse } from './conversation.ts'
import type { Server } from './question.ts'

/** What became of a connection's tokens at the vendor. The connection is forgotten here in any case. */
export interface Disconnection {
  /** Whether the vendor confirmed that all of them are void; `false` as well where it has no way to ask for that. */
  readonly revoked: boolean
  /** Why not. */
  readonly problem?: OAuthError
}

/**
 * Ends a connection: has the vendor revoke its tokens, and forgets them even where it does not. Doing it twice does no harm.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7009
 */
export async function disconnect(server: Server, source: TokenSource, runtime: Runtime): Promise<Disconnection> {
  // What a refresh under way brings, nobody would revoke: it comes after the tokens that are known, and would not be stored.
  await source.settled()
  const stored = (await source.stored(runtime)) ?? {}
  const first = await revokeAll(server, source, stored, runtime)
  const removed = (await source.remove(runtime)) ?? {}
  // A refresh may have replaced them meanwhile.
  const late = Object.entries(removed).filter(([name, { accessToken }]) => stored[name]?.accessToken !== accessToken)
  if (late.length === 0) return first
  const second = await revokeAll(server, source, Object.fromEntries(late), runtime)
  return first.problem ? first : second
}

async function revokeAll(
  server: Server,
  source: TokenSource,
  bundle: TokenBundle,
  runtime: Runtime,
): Promise<Disconnection> {
  const { revoke } = await server.addresses(runtime)
  if (revoke === undefined) return { revoked: false }
  let problem: OAuthError | undefined
  for (const { refreshToken, accessToken } of Object.values(bundle)) {
    // The refresh token first: with it gone, nothing new can come of the connection.
    for (const [hint, token] of [
      ['refresh_token', refreshToken],
      ['access_token', accessToken],
    ] as const) {
      if (token === undefined) continue
      const failed = await revokeOne(server, source, { hint, token, runtime })
      problem ??= failed
    }
  }
  return problem ? { revoked: false, problem } : { revoked: true }
}

interface Revocation {
  readonly hint: string
  readonly token: string
  readonly runtime: Runtime
}

async function revokeOne(
  server: Server,
  { clock, connection }: TokenSource,
  { hint, token, runtime }: Revocation,
): Promise<OAuthError | undefined> {
  const asking = { operation: `POST revocation (${hint})`, to: 'other', repeat: 'always', runtime, clock } as const
  try {
    await converse(
      server,
      asking,
      (library, configuration) => library.tokenRevocation(configuration, token, { token_type_hint: hint }),
      // 204 and a body of the vendor's own are a yes as well.
      () => new Response(),
    )
    return undefined
  } catch (error) {
    if (!isHawserError(error)) throw error
    if (error instanceof OAuthError && isAsGood(error)) return undefined
    return error instanceof OAuthError ? error : new OAuthError(error.message, { failure: 'protocol', connection })
  }
}

/**
 * Tells whether a refusal leaves nothing to be asked: the server cannot revoke this kind, or the token is void already. The RFC answers
 * the latter with 200; Google does not, and voids the access token with the refresh token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2.2
 * @see https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke
 */
function isAsGood({ status, oauthCode }: OAuthError): boolean {
  return oauthCode === 'unsupported_token_type' || (oauthCode === 'invalid_token' && status === 400)
}
