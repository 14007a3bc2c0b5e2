import {
  OAuthError,
  tokenCredential,
  withHeader,
  type Attach,
  type Credential,
  type HttpRequest,
  type TokenCredentialOptions,
  type TokenSource,
} from 'hawser'
import type { Dpop } from './dpop.ts'

/**
 * Makes the credential of a connection whose tokens are bound to a key: each attempt carries a proof of its own, with the nonce
 * that the origin asked for last.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-7
 */
export function dpopCredential(source: TokenSource, dpop: Dpop, options: TokenCredentialOptions): Credential {
  /** Requests that were refused for their nonce alone; their token is as good as before. */
  const forNonce = new WeakSet<HttpRequest>()

  const attach: Attach = async (request, { accessToken, tokenType = 'Bearer', boundTo }, runtime) => {
    if (boundTo !== undefined && boundTo !== (await dpop.thumbprint())) {
      const { connection } = source
      const message = `The tokens of the connection \`${connection}\` are bound to another key than this program has.`
      throw new OAuthError(message, { failure: 'configuration', connection })
    }
    const { method, url } = request
    const proof = await dpop.proof({ method, url, accessToken, runtime, clock: source.clock })
    const headers = withHeader(
      withHeader(request.headers, 'authorization', `${tokenType} ${accessToken}`),
      'dpop',
      proof,
    )
    return { ...request, headers, secrets: [accessToken, proof] }
  }
  const plain = tokenCredential(source, { ...options, attach })

  return {
    ...plain,
    observe(response, request, sentAt, receivedAt) {
      plain.observe?.(response, request, sentAt, receivedAt)
      const otherNonce = dpop.learn(request.url, response.headers, request.headers['dpop'])
      if (otherNonce && response.status === 401 && asksForNonce(response.headers['www-authenticate']))
        forNonce.add(request)
    },
    async renew(refused, runtime) {
      return forNonce.has(refused) || ((await plain.renew?.(refused, runtime)) ?? false)
    },
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9449#section-9 */
function asksForNonce(challenge = ''): boolean {
  return /\buse_dpop_nonce\b/.test(challenge)
}
