import { ConfigurationError } from 'hawser'

/**
 * Writes text as a structured field does.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9651#section-4.1.6
 * @throws {ConfigurationError} where it holds what is not printable ASCII
 */
export function quoted(text: string): string {
  if (typeof text !== 'string' || !/^[\x20-\x7e]*$/.test(text)) {
    throw new ConfigurationError(
      'What stands in `Signature-Input` is printable ASCII: the key’s id, the nonce, the tag.',
    )
  }
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** Writes bytes as a structured field does. @see https://www.rfc-editor.org/rfc/rfc9651#section-4.1.8 */
export function inColons(bytes: Buffer): string {
  return `:${bytes.toString('base64')}:`
}
