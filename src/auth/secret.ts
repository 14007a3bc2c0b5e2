import { ConfigurationError } from '../errors.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Credential } from './credential.ts'

/** A secret, or a function that fetches the present one from where it is kept. */
export type Secret = string | (() => string | Promise<string>)

/**
 * Makes a credential of a secret. `use` checks it and says how a request carries it; it names the secret itself in `secrets`.
 *
 * A secret that is a function is fetched for every attempt, and once more after a 401.
 */
export function secretCredential(
  kind: string,
  secret: Secret,
  use: (secret: string) => (request: HttpRequest) => HttpRequest,
): Credential {
  if (typeof secret !== 'function') return { kind, apply: use(secret) }
  return {
    kind,
    apply: async (request) => use(await secret())(request),
    // Whoever changed the secret meanwhile, the one that was refused is not the present one.
    renew: async (refused) => {
      const present = await secret()
      use(present)
      return !refused.secrets?.includes(present)
    },
  }
}

/** @throws {ConfigurationError} where a secret is empty or holds white space, such as the line break of a file */
export function checkSecret(kind: string, secret: string): string {
  if (typeof secret !== 'string' || !/^[\x21-\x7e]+$/.test(secret)) {
    const message = `The secret of \`${kind}\` is empty, not text, or holds white space. Check the variable or file it comes from.`
    throw new ConfigurationError(message)
  }
  return secret
}
