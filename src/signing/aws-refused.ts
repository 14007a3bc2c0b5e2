import type { HttpResponse } from 'hawser'

/**
 * What an answer holds that refuses the time of the signature, or a session that has ended: the clock, or other keys, can help.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
 */
const words = [
  'RequestTimeTooSkewed',
  'RequestExpired',
  'RequestInTheFuture',
  'Signature expired',
  'Signature not yet current',
  'ExpiredToken',
]

/** Tells whether AWS refuses a signature in a way that a new one may mend. Its services say so with 400 or 403. */
export function refusedByAws({ status, headers, body }: HttpResponse): boolean {
  if (status !== 400 && status !== 403) return status === 401
  const text = body instanceof Uint8Array ? Buffer.from(body).toString() : ''
  const said = `${headers['x-amzn-errortype'] ?? ''} ${text}`
  return words.some((word) => said.includes(word))
}
