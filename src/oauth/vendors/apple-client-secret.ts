import { checkOptions } from 'hawser'
import type { PrivateKey } from 'hawser/signing'
import type { ClientSecret } from '../client-authentication.ts'
import { signJwtAt } from '../jwt.ts'
import { jwtFacts } from '../self-signed-jwt.ts'

/** Options of {@link appleClientSecret}. */
export interface AppleClientSecretOptions {
  readonly teamId: string
  /** The services id, or the app's bundle id. */
  readonly clientId: string
  readonly keyId: string
  /** The `.p8` file. */
  readonly privateKey: PrivateKey
}

/**
 * Makes Apple's client secrets: a signed token each, good for five minutes. Goes into `clientSecret`, with
 * `clientAuthentication: 'body'`.
 *
 * @see https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
 * @throws {ConfigurationError} where an option is unknown, or the key cannot be read
 */
export function appleClientSecret(options: AppleClientSecretOptions): ClientSecret {
  checkOptions('appleClientSecret', options, ['teamId', 'clientId', 'keyId', 'privateKey'])
  const { teamId, clientId, keyId, privateKey } = options
  const claims = { iss: teamId, sub: clientId, aud: 'https://appleid.apple.com' }
  const facts = jwtFacts({ privateKey, keyId, algorithm: 'ES256', claims, lifetimeSeconds: 300 })
  return (now) => signJwtAt(facts, now)
}
