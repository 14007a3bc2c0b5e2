import { ConfigurationError } from 'hawser'

/** A request as it stands on the wire. */
export interface HttpMessage {
  readonly method: string
  /** What the request line names: a path, or a whole URL. */
  readonly target: string
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[]
  readonly body: Uint8Array
}

/**
 * Reads an HTTP/1.1 request: its line, its headers, an empty line, and the body's bytes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-2.1
 * @throws {ConfigurationError} where the file holds no request.
 */
export function parseMessage(bytes: Buffer): HttpMessage {
  // Latin-1 keeps every byte in its place.
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  const head = end ? text.slice(0, end.index) : text
  const [first = '', ...lines] = head.split(/\r?\n/)
  const match = /^([A-Z]+) (\S+)(?: HTTP\/\d(?:\.\d)?)?$/.exec(first)
  if (!match) throw new ConfigurationError('The file does not begin with a request line such as `POST /path HTTP/1.1`.')
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    if (colon < 1) throw new ConfigurationError(`The line \`${line}\` is no header.`)
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  const [, method = '', target = ''] = match
  return { method, target, rawHeaders, body: bytes.subarray(end ? end.index + end[0].length : bytes.length) }
}

/** Writes an HTTP/1.1 request. */
export function formatMessage(message: {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}): Buffer {
  const { method, target, headers, body } = message
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`), body])
}
