import type { KeyObject } from 'node:crypto'
import { ConfigurationError, checkNumber, type Credential, type HttpRequest } from 'hawser'
import { hashable } from './body.ts'
import { contentDigest, type DigestAlgorithm } from './content-digest.ts'
import {
  algorithms,
  keyFor,
  signatureOf,
  type HttpSignatureAlgorithm,
  type HttpSignatureKey,
} from './http-algorithms.ts'
import { checkComponents, signatureBase, type Component } from './http-components.ts'
import { checkKeyOptions, keyedSigner } from './keyed-signer.ts'
import type { Expiring } from './rotating.ts'
import type { SignerOptions, SigningContext } from './signer.ts'
import { inColons, quoted } from './structured.ts'

/** The key of {@link httpSignature}. */
export interface HttpSignatureKeys extends Expiring {
  /** A private key as PEM, JWK or `KeyObject`; for `hmac-sha256`, the secret as text or bytes, at least 32 random ones. */
  readonly key: HttpSignatureKey
  /** What the vendor knows the key by. */
  readonly keyId?: string | undefined
}

/** What {@link httpSignature} takes besides the key. */
export interface HttpSignatureSettings extends Pick<SignerOptions, 'refused'> {
  readonly algorithm: HttpSignatureAlgorithm
  /**
   * What the signature covers; what is not named is not protected. A `content-digest`, a `date` and a `content-length` that the
   * request lacks are added.
   *
   * @default `@method`, `@authority`, `@path`, `@query`, and with a body `content-digest`, with its type `content-type`
   */
  readonly components?: readonly Component[] | ((request: HttpRequest) => readonly Component[])
  /** @default 'sha-256' */
  readonly digest?: DigestAlgorithm
  /** The name of the signature among others. @default 'sig1' */
  readonly label?: string
  /** Seconds. @default no end */
  readonly expiresInSeconds?: number
  /** Signs a random identifier, or what the function makes of one. @default false */
  readonly nonce?: boolean | ((uuid: string) => string)
  /** Says what the signature is for. */
  readonly tag?: string
  /** Names the algorithm in the signature. @default false */
  readonly alg?: boolean
}

/** Options of {@link httpSignature}: the key, or a function that gives the present one. */
export type HttpSignatureOptions = HttpSignatureSettings &
  (HttpSignatureKeys | { readonly keys: () => HttpSignatureKeys | Promise<HttpSignatureKeys> })

const keyNames = ['key', 'keyId', 'expiration'] as const
const settingNames = [
  'algorithm',
  'components',
  'digest',
  'label',
  'expiresInSeconds',
  'nonce',
  'tag',
  'alg',
  'refused',
] as const

interface Keys {
  readonly key: KeyObject
  readonly keyId: string | undefined
  /** The secret where it is text, so that no failure repeats it. */
  readonly secrets: readonly string[]
}

/**
 * Signs as RFC 9421 says, in `Signature-Input` and `Signature`, with the body's digest in `Content-Digest`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421 and https://www.rfc-editor.org/rfc/rfc9530
 * @throws {ConfigurationError} where an option is unknown or out of range, or the key is not one of the algorithm's
 * @throws {InvalidRequestError} for a request that lacks what is to be covered, or whose body is a stream
 */
export function httpSignature(options: HttpSignatureOptions): Credential {
  checkKeyOptions('httpSignature', options, keyNames, settingNames)
  const { algorithm, label = 'sig1', digest = 'sha-256', expiresInSeconds, components } = options
  if (!algorithms.includes(algorithm)) {
    throw new ConfigurationError(`\`httpSignature.algorithm\` is one of ${algorithms.join(', ')}.`)
  }
  if (!/^[a-z*][\w.*-]*$/.test(label) || /[A-Z]/.test(label)) {
    throw new ConfigurationError('`httpSignature.label` is small letters, digits and `_-.*`.')
  }
  if (digest !== 'sha-256' && digest !== 'sha-512') {
    throw new ConfigurationError("`httpSignature.digest` is `'sha-256'` or `'sha-512'`.")
  }
  if (expiresInSeconds !== undefined) checkNumber('httpSignature.expiresInSeconds', expiresInSeconds, 1)
  quoted(options.tag ?? '')
  if (Array.isArray(components)) checkComponents(components)
  const covered = typeof components === 'function' ? components : () => components
  return keyedSigner({
    kind: 'http-signature',
    refused: options.refused,
    keys: 'keys' in options ? options.keys : options,
    check: ({ key, keyId }: HttpSignatureKeys): Keys => {
      quoted(keyId ?? '')
      return { key: keyFor(algorithm, key), keyId, secrets: typeof key === 'string' ? [key] : [] }
    },
    sign(request, keys, context) {
      const names = covered(request) ?? standardComponents(request)
      const described = withCovered(request, names, digest, context)
      const { base, input } = signatureBase(names, described, parametersOf(options, keys, context))
      const signature = inColons(signatureOf(algorithm, keys.key, base))
      const added = {
        'signature-input': beside(request.headers['signature-input'], `${label}=${input}`),
        signature: beside(request.headers['signature'], `${label}=${signature}`),
      }
      const secrets = [...keys.secrets, signature.slice(1, -1)]
      return { ...described, headers: { ...described.headers, ...added }, secrets }
    },
  })
}

/** Puts a signature beside those that the request has. @see https://www.rfc-editor.org/rfc/rfc9421#section-4.3 */
function beside(others: string | undefined, own: string): string {
  return others === undefined ? own : `${others}, ${own}`
}

function standardComponents({ body, headers }: HttpRequest): readonly Component[] {
  const ofBody = body === undefined ? [] : ['content-digest']
  const typed = headers['content-type'] === undefined ? [] : ['content-type']
  return ['@method', '@authority', '@path', '@query', ...ofBody, ...typed]
}

/** Adds the headers that the signature covers and that are known only now. */
function withCovered(
  request: HttpRequest,
  components: readonly Component[],
  digest: DigestAlgorithm,
  { nowMs }: SigningContext,
): HttpRequest {
  const names = new Set(components.map((component) => (typeof component === 'string' ? component.toLowerCase() : '')))
  const added: Record<string, string> = {}
  const lacks = (name: string): boolean => names.has(name) && request.headers[name] === undefined
  if (lacks('date')) added['date'] = new Date(nowMs).toUTCString()
  if (lacks('content-digest')) {
    const otherwise = ', or set its digest as the header `content-digest`, or leave that out of `components`'
    added['content-digest'] = contentDigest(digest, hashable(request, otherwise))
  }
  // The transport writes the same; without a body, some write none.
  if (lacks('content-length') && request.body !== undefined) {
    added['content-length'] = String(
      Buffer.byteLength(hashable(request, ', or leave `content-length` out of `components`')),
    )
  }
  return { ...request, headers: { ...request.headers, ...added } }
}

function parametersOf(
  { algorithm, expiresInSeconds, nonce = false, tag, alg = false }: HttpSignatureSettings,
  { keyId }: Keys,
  { nowMs, uuid }: SigningContext,
): readonly string[] {
  const created = Math.floor(nowMs / 1000)
  const parameters = [`created=${created}`]
  if (expiresInSeconds !== undefined) parameters.push(`expires=${created + Math.floor(expiresInSeconds)}`)
  if (keyId !== undefined) parameters.push(`keyid=${quoted(keyId)}`)
  if (alg) parameters.push(`alg="${algorithm}"`)
  if (nonce !== false) parameters.push(`nonce=${quoted(nonce === true ? uuid() : nonce(uuid()))}`)
  if (tag !== undefined) parameters.push(`tag=${quoted(tag)}`)
  return parameters
}
