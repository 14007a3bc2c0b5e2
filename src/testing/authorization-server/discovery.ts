import { asymmetric, symmetric } from './jwt.ts'
import { grants } from './grants/index.ts'
import type { Settings } from './options.ts'

/** Where a client looks what the server can do. @see https://www.rfc-editor.org/rfc/rfc8414#section-3 */
export const wellKnown: readonly string[] = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]

/** Says what the server can do. @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
export function metadata(settings: Settings, issuer: string): Record<string, unknown> {
  const { paths, clients, quirk, passwords, scopes, signingAlgorithm, requirePushedRequests } = settings
  const ways = new Set([...clients.values()].flatMap((client) => client.ways).filter((way) => way !== 'raw_basic'))
  return {
    issuer,
    authorization_endpoint: issuer + paths.authorize,
    token_endpoint: issuer + paths.token,
    revocation_endpoint: issuer + paths.revoke,
    introspection_endpoint: issuer + paths.introspect,
    device_authorization_endpoint: issuer + paths.deviceAuthorization,
    pushed_authorization_request_endpoint: issuer + paths.par,
    require_pushed_authorization_requests: requirePushedRequests,
    jwks_uri: issuer + paths.jwks,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: Object.keys(grants).filter((grant) => grant !== 'password' || passwords !== undefined),
    ...(scopes && { scopes_supported: [...scopes] }),
    ...(quirk.pkce !== 'refused' && { code_challenge_methods_supported: ['S256'] }),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlgorithm],
    token_endpoint_auth_methods_supported: [...ways],
    token_endpoint_auth_signing_alg_values_supported: [...asymmetric, ...symmetric],
    dpop_signing_alg_values_supported: asymmetric,
    tls_client_certificate_bound_access_tokens: ways.has('tls_client_auth'),
    authorization_response_iss_parameter_supported: quirk.authorize?.iss ?? true,
  }
}
