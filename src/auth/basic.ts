import { checkOptions } from '../check.ts'
import { ConfigurationError } from '../errors.ts'
import { placed } from '../http/place.ts'
import type { Credential } from './credential.ts'
import { secretCredential, type Secret } from './secret.ts'

/** Options of {@link basic}. */
export interface BasicOptions {
  /**
   * `raw` sends user and password as they are; `rfc6749` writes each as a form would first, which the RFC of OAuth asks of a
   * client that sends its id and secret this way. Many vendors do not undo it.
   *
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
   * @default 'raw'
   */
  readonly encoding?: 'raw' | 'rfc6749'
}

/**
 * Sends `Authorization: Basic …`, user and password as UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 * @throws {ConfigurationError} where the user holds a colon, which would end it early, or `encoding` is none
 */
export function basic(user: string, password: Secret, options: BasicOptions = {}): Credential {
  checkOptions('basic', options, ['encoding'])
  const { encoding = 'raw' } = options
  const encode = Object.hasOwn(encoders, encoding) ? encoders[encoding] : undefined
  if (!encode) throw new ConfigurationError("`basic.encoding` is `'raw'` or `'rfc6749'`.")
  if (typeof user !== 'string' || encode(user).includes(':')) throw refused()
  return secretCredential('basic', password, (given) => {
    if (typeof given !== 'string') throw refused()
    const value = Buffer.from(`${encode(user)}:${encode(given)}`).toString('base64')
    const secrets = [given, encode(given), value]
    return (request) => ({ ...placed(request, { header: 'authorization', prefix: 'Basic ' }, value), secrets })
  })
}

const encoders = {
  raw: (text: string): string => text,
  // @see https://www.rfc-editor.org/rfc/rfc6749#appendix-B
  rfc6749: (text: string): string => new URLSearchParams([[text, '']]).toString().slice(0, -1),
}

function refused(): ConfigurationError {
  return new ConfigurationError('`basic` takes a user without a colon, and a password, as text.')
}
