import { ConfigurationError, type ClockOffset, type Runtime } from 'hawser'
import { converse } from './conversation.ts'
import type { Server } from './question.ts'
import { renamed } from './shape-request.ts'
import { withParameters, type Parameters } from './token-endpoint.ts'

/** Where an address is made. */
export interface AddressContext {
  readonly server: Server
  readonly clock: ClockOffset
  readonly runtime: Runtime
}

/**
 * Makes the address of the vendor's page. Where the vendor takes pushed requests, all but a reference to them stays out of the
 * browser.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9126
 * @throws {ConfigurationError} where the vendor has no such page
 */
export async function authorizationAddress(context: AddressContext, parameters: Parameters): Promise<string> {
  const { server, clock, runtime } = context
  const { authorize, par, parRequired } = await server.addresses(runtime)
  if (authorize === undefined)
    throw new ConfigurationError(`\`oauth\` of \`${server.vendor}\` has no \`authorizeUrl\`.`)
  const all = withParameters({ ...server.oauth.authorizeParameters }, { response_type: 'code', ...parameters })
  const pushed = par !== undefined && parRequired
  const asking = { operation: 'POST pushed authorization', to: 'other', repeat: 'refused', runtime, clock } as const
  const { href } = await converse(
    server,
    asking,
    async (library, configuration) =>
      pushed
        ? library.buildAuthorizationUrlWithPAR(configuration, all)
        : library.buildAuthorizationUrl(configuration, all),
    ({ raw }) => new Response(raw, { status: 201, headers: { 'content-type': 'application/json' } }),
  )
  const { rename, authorizeRename } = server.oauth
  return spelled(href, { ...rename, ...authorizeRename })
}

/**
 * Puts the vendor's names for parameters, and spells their values so that all vendors read them: `%20` for a space and not
 * `+`, and a comma as it is.
 */
function spelled(address: string, rename: Readonly<Record<string, string>>): string {
  const url = new URL(address)
  const own = renamed(url.searchParams, rename)
  url.search = [...own].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
  return url.href
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('%2C', ',')
}
