import { ConfigurationError, type Runtime, type TokenSource } from 'hawser'
import { converse } from './conversation.ts'
import type { Server } from './question.ts'

/** What a server says of a token. @see https://www.rfc-editor.org/rfc/rfc7662#section-2.2 */
export interface Introspection {
  readonly active: boolean
  readonly [claim: string]: unknown
}

/**
 * Asks the server what a connection's present token is good for.
 *
 * @throws {ConfigurationError} where the vendor does not tell
 * @throws {OAuthError} where there is no token, or no answer
 */
export async function introspect(
  server: Server,
  source: TokenSource,
  name: string,
  runtime: Runtime,
): Promise<Introspection> {
  const { introspect: address } = await server.addresses(runtime)
  if (address === undefined) throw new ConfigurationError(`\`oauth\` of \`${server.vendor}\` has no \`introspectUrl\`.`)
  const { accessToken } = await source.token(name, runtime)
  const { clock } = source
  const asking = { operation: 'POST introspection', to: 'other', repeat: 'always', runtime, clock } as const
  const told = await converse(server, asking, (library, configuration) =>
    library.tokenIntrospection(configuration, accessToken, { token_type_hint: 'access_token' }),
  )
  return { ...told }
}
