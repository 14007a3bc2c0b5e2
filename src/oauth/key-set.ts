import type { JSONWebKeySet, JWK } from 'jose'
import { ConfigurationError, OAuthError, type Runtime } from 'hawser'
import type { ControlPlane } from './control-plane.ts'
import { getJsonDocument } from './json-document.ts'

/** Where a server's public keys are had from. */
export interface KeySource {
  readonly vendor: string
  readonly plane: ControlPlane
  readonly url: string | undefined
  readonly runtime: Runtime
}

/**
 * Gets the public keys of a server.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 * @throws {OAuthError} where they cannot be had
 * @throws {ConfigurationError} where nothing tells where they are
 */
export async function keySet({ vendor, plane, url, runtime }: KeySource): Promise<JSONWebKeySet> {
  if (url === undefined) {
    throw new ConfigurationError(
      'An id_token is checked with the server’s keys: `oauth` needs `jwksUrl`, or `discover: true`.',
    )
  }
  const { keys } = await getJsonDocument({ vendor, plane, operation: 'GET keys', url, runtime })
  if (!Array.isArray(keys)) throw new OAuthError('GET keys: answered no key set.', { failure: 'protocol', vendor })
  // A key that is none is left out, as the RFC asks: the others are as good.
  return { keys: keys.filter(isKey) }
}

function isKey(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}
