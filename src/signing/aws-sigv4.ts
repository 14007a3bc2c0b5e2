import { createHmac } from 'node:crypto'
import { ConfigurationError, InvalidRequestError, type Credential, type HttpRequest } from 'hawser'
import { canonical, sha256, type PathEscapes } from './aws-canonical.ts'
import { refusedByAws } from './aws-refused.ts'
import { hashable } from './body.ts'
import { checkKeyOptions, keyedSigner } from './keyed-signer.ts'
import type { Expiring } from './rotating.ts'

/** Keys of AWS: lasting ones, or those of a session. */
export interface AwsKeys extends Expiring {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** What {@link awsSigV4} takes besides the keys. */
export interface AwsSettings {
  /** Such as `eu-central-1`. */
  readonly region: string
  /** The name in the signature, such as `execute-api`, `s3`, `bedrock`. */
  readonly service: string
  /**
   * Lets a body that is a stream go unsigned, which S3 takes over https. Text and bytes are signed all the same.
   *
   * @default false
   */
  readonly unsignedStreams?: boolean
  /** Sends the body's SHA-256 in `x-amz-content-sha256`, as AWS' SDKs do. S3 asks for it. @default true */
  readonly sendDigest?: boolean
  /** @default `once` where the service is one of S3's, else `twice` */
  readonly escapePath?: PathEscapes
}

/** Options of {@link awsSigV4}: the keys, or a function that gives the present ones. */
export type AwsSigV4Options = AwsSettings & (AwsKeys | { readonly keys: () => AwsKeys | Promise<AwsKeys> })

const keyNames = ['accessKeyId', 'secretAccessKey', 'sessionToken', 'expiration'] as const
const settingNames = ['region', 'service', 'unsignedStreams', 'sendDigest', 'escapePath'] as const

/**
 * Signs with AWS Signature Version 4, in the header: method, host, path, query, all headers that do not change on the way, and
 * the body's digest.
 *
 * A function for `keys` is asked for every attempt, or, where its keys have an `expiration`, shortly before they end.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 * @throws {ConfigurationError} where an option is unknown or missing, or the keys are empty or hold white space
 * @throws {InvalidRequestError} for a request whose body is a stream, unless `unsignedStreams` is set
 */
export function awsSigV4(options: AwsSigV4Options): Credential {
  checkKeyOptions('awsSigV4', options, keyNames, settingNames)
  const { region, service, unsignedStreams = false, sendDigest = true } = options
  const { escapePath = /^s3(?:-|express|$)/.test(service) ? 'once' : 'twice' } = options
  for (const [name, value] of Object.entries({ region, service })) {
    if (typeof value !== 'string' || !/^[\w.-]+$/.test(value)) {
      throw new ConfigurationError(`\`awsSigV4.${name}\` is a name of AWS, such as \`us-east-1\` or \`execute-api\`.`)
    }
  }
  if (escapePath !== 'once' && escapePath !== 'twice') {
    throw new ConfigurationError("`awsSigV4.escapePath` is `'once'` or `'twice'`.")
  }
  const settings: Settings = { region, service, unsignedStreams, sendDigest, escapePath, keyOf: dailyKeys() }
  return keyedSigner({
    kind: 'aws-sigv4',
    refused: refusedByAws,
    keys: 'keys' in options ? options.keys : options,
    check: checkKeys,
    sign: (request, keys, { nowMs }) => sign(request, keys, settings, nowMs),
  })
}

interface Settings extends Required<AwsSettings> {
  readonly keyOf: (secret: string, scope: readonly string[]) => Buffer
}

function sign(request: HttpRequest, keys: AwsKeys, settings: Settings, nowMs: number): HttpRequest {
  const { accessKeyId, secretAccessKey, sessionToken } = keys
  const { region, service, sendDigest, escapePath, keyOf } = settings
  const time = new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
  const digest = bodyDigest(request, settings)
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': time }
  if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken
  if (sendDigest || digest === unsignedPayload) headers['x-amz-content-sha256'] = digest

  const { url, text, signedHeaders } = canonical({ ...request, headers }, escapePath, digest)
  const scope = [time.slice(0, 8), region, service, 'aws4_request']
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(text)].join('\n')
  const signature = hmac(keyOf(secretAccessKey, scope), toSign).toString('hex')
  const credential = [accessKeyId, ...scope].join('/')
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
  return { ...request, url, headers, secrets: [secretAccessKey, signature, ...(sessionToken ? [sessionToken] : [])] }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html */
const unsignedPayload = 'UNSIGNED-PAYLOAD'

function bodyDigest(request: HttpRequest, { unsignedStreams }: Settings): string {
  const given = request.headers['x-amz-content-sha256']
  if (given !== undefined) {
    if (/^[\da-f]{64}$/.test(given)) return given
    throw new InvalidRequestError(`${request.operation}: \`x-amz-content-sha256\` is a SHA-256 in lower-case hex.`)
  }
  const streams = typeof request.body === 'function' || (typeof request.body === 'object' && 'pipe' in request.body)
  if (streams && unsignedStreams) return unsignedPayload
  const otherwise =
    ', set its SHA-256 as the header `x-amz-content-sha256`, or let it go unsigned with `unsignedStreams`'
  return sha256(hashable(request, otherwise))
}

/**
 * Derives the key that signs for a day, and keeps the last one: a third of what a signature costs.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key
 */
function dailyKeys(): Settings['keyOf'] {
  let last: { readonly of: string; readonly key: Buffer } | undefined
  return (secret, scope) => {
    const of = [secret, ...scope].join('/')
    if (last?.of !== of)
      last = { of, key: scope.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`)) }
    return last.key
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function checkKeys({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys): AwsKeys {
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken })) {
    if (name === 'sessionToken' && value === undefined) continue
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw new ConfigurationError(`\`${name}\` is empty, not text, or holds white space. Check where it comes from.`)
    }
  }
  return { accessKeyId, secretAccessKey, sessionToken }
}
