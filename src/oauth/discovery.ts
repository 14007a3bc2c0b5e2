import { ConfigurationError, OAuthError, type Runtime } from 'hawser'
import { isLoopback, secureUrl, type Addresses } from './addresses.ts'
import type { ControlPlane } from './control-plane.ts'
import { unaccepted } from './failures.ts'
import { getJsonDocument } from './json-document.ts'
import { askOverHttp, loadOpenidClient } from './libraries.ts'

/** The part of a discovery document that is read. @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
export interface ServerMetadata {
  readonly issuer: string
  readonly authorization_endpoint?: string | undefined
  readonly token_endpoint?: string | undefined
  readonly revocation_endpoint?: string | undefined
  readonly introspection_endpoint?: string | undefined
  readonly device_authorization_endpoint?: string | undefined
  readonly pushed_authorization_request_endpoint?: string | undefined
  readonly require_pushed_authorization_requests?: boolean | undefined
  readonly authorization_response_iss_parameter_supported?: boolean | undefined
  readonly jwks_uri?: string | undefined
  /** @see https://www.rfc-editor.org/rfc/rfc8705#section-5 */
  readonly mtls_endpoint_aliases?: Partial<Readonly<Record<string, string>>> | undefined
}

/**
 * Lays the addresses of a description over those that the server tells.
 *
 * @throws {OAuthError} `protocol`, where the server names an address that is not secure, or no token endpoint
 */
export function discoveredAddresses(described: Addresses, document: ServerMetadata, mtls: boolean): Addresses {
  const told: ServerMetadata = { ...document, ...(mtls && document.mtls_endpoint_aliases) }
  const check = (name: string, url: string | undefined): string | undefined =>
    url === undefined ? undefined : checkTold(name, url, described.issuer)
  const token = described.token ?? check('token_endpoint', told.token_endpoint)
  return {
    issuer: told.issuer,
    authorize: described.authorize ?? check('authorization_endpoint', told.authorization_endpoint),
    token,
    refresh: described.refresh ?? token,
    revoke: described.revoke ?? check('revocation_endpoint', told.revocation_endpoint),
    introspect: described.introspect ?? check('introspection_endpoint', told.introspection_endpoint),
    device: described.device ?? check('device_authorization_endpoint', told.device_authorization_endpoint),
    par: described.par ?? check('pushed_authorization_request_endpoint', told.pushed_authorization_request_endpoint),
    jwks: described.jwks ?? check('jwks_uri', told.jwks_uri),
    alwaysNamesIssuer: described.alwaysNamesIssuer || told.authorization_response_iss_parameter_supported === true,
    parRequired: described.parRequired || told.require_pushed_authorization_requests === true,
  }
}

/** A server elsewhere must not send this program's secrets to a service on this machine. */
function checkTold(name: string, url: string, issuer: string): string {
  try {
    if (!isLoopback(new URL(issuer)) && isLoopback(new URL(url))) throw new ConfigurationError('loopback')
    return secureUrl(name, url)
  } catch {
    throw new OAuthError(`The discovery document's \`${name}\` is not an https URL.`, { failure: 'protocol' })
  }
}

/** Where a discovery document is had from. */
export interface DiscoverySource {
  readonly vendor: string
  readonly issuer: string
  readonly clientId: string
  readonly plane: ControlPlane
  readonly algorithm: 'oidc' | 'oauth2'
}

/**
 * Gets the discovery document of an issuer; openid-client checks that it is the issuer's own.
 *
 * @throws {OAuthError} where it cannot be had, or names another issuer
 */
export async function discover(source: DiscoverySource, runtime: Runtime): Promise<ServerMetadata> {
  const { vendor, issuer, clientId, plane, algorithm } = source
  const operation = 'GET discovery'
  const library = await loadOpenidClient()
  let failure: { readonly error: unknown } | undefined
  try {
    const configuration = await library.discovery(new URL(issuer), clientId, undefined, () => {}, {
      algorithm,
      execute: [askOverHttp(library)],
      [library.customFetch]: async (url: string) => {
        try {
          return Response.json(await getJsonDocument({ vendor, plane, operation, url, runtime }))
        } catch (error) {
          failure = { error }
          throw error
        }
      },
    })
    return configuration.serverMetadata()
  } catch (error) {
    throw failure ? failure.error : unaccepted(error, { operation, vendor })
  }
}
