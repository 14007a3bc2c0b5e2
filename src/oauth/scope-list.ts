import { ConfigurationError } from 'hawser'

/**
 * Checks a list of scopes: text with spaces between them, as they are sent, is none.
 *
 * @throws {ConfigurationError}
 */
export function checkScopes(option: string, scopes: readonly string[]): readonly string[] {
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string')) return scopes
  throw new ConfigurationError(`\`${option}\` is a list, such as \`['read', 'write']\`.`)
}
