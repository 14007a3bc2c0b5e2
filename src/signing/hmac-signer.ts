import { ConfigurationError, checkPlace, type Credential, type Place } from 'hawser'
import { signByPlan, timeUnits, type Digest, type HmacKeys, type HmacSettings, type Plan } from './hmac-plan.ts'
import { checkKeyOptions, keyedSigner } from './keyed-signer.ts'
import * as parts from './parts.ts'

/** Options of {@link hmacSigner}: the secret, or a function that gives the present one. */
export type HmacSignerOptions = HmacSettings & (HmacKeys | { readonly keys: () => HmacKeys | Promise<HmacKeys> })

const keyNames = ['secret', 'keyId', 'expiration'] as const
const settingNames = [
  'signed',
  'separator',
  'signature',
  'format',
  'timestamp',
  'nonce',
  'bodyDigest',
  'keyIdAt',
  'digest',
  'encoding',
  'kind',
  'refused',
] as const

/**
 * Signs with a keyed hash, in the way of a vendor's own: says what is signed, how, and where the result goes.
 *
 * Everything is put in place first and signed as it will be sent, the signature last.
 *
 * @throws {ConfigurationError} where an option is unknown, a place is none or the secret is empty
 * @throws {InvalidRequestError} for a request that lacks what is signed, or whose body is signed and a stream
 */
export function hmacSigner(options: HmacSignerOptions): Credential {
  checkKeyOptions('hmacSigner', options, keyNames, settingNames)
  const { kind = 'hmac', refused } = options
  const plan = planOf(options)
  return keyedSigner({
    kind,
    refused,
    keys: 'keys' in options ? options.keys : options,
    check: checkSecret,
    sign: (request, keys, context) => signByPlan(request, keys, plan, context),
  })
}

function planOf(options: HmacSettings): Plan {
  const { signature, timestamp, nonce, bodyDigest, keyIdAt } = options
  checkSigned(options)
  checkDigest('hmacSigner', options)
  if (bodyDigest) checkDigest('hmacSigner.bodyDigest', bodyDigest)
  const places = {
    keyId: placeOf('keyIdAt', keyIdAt),
    timestamp: placeOf('timestamp.at', timestamp?.at),
    nonce: placeOf('nonce.at', nonce?.at),
    bodyDigest: placeOf('bodyDigest.at', bodyDigest?.at),
  }
  if (places.bodyDigest && 'body' in places.bodyDigest) {
    throw new ConfigurationError('`hmacSigner.bodyDigest.at`: a digest cannot stand in the body that it is of.')
  }
  return { ...options, signature: checkPlace('`hmacSigner.signature`', signature), places }
}

function placeOf(option: string, at: Place | undefined): Place | undefined {
  return at === undefined ? undefined : checkPlace(`\`hmacSigner.${option}\``, at)
}

function checkSigned({ signed, timestamp, nonce, bodyDigest }: HmacSettings): void {
  if (!Array.isArray(signed) || signed.length === 0 || !signed.every(isPart)) {
    throw new ConfigurationError(
      '`hmacSigner.signed` is the list of what is signed, such as `[parts.method, parts.target]`.',
    )
  }
  for (const [name, option] of Object.entries({ timestamp, nonce, bodyDigest })) {
    if (option === undefined && signed.includes(Reflect.get(parts, name))) {
      throw new ConfigurationError(
        `\`hmacSigner.signed\` holds \`parts.${name}\`; say in the option \`${name}\` what it is.`,
      )
    }
  }
  const unit: unknown = timestamp?.unit
  if (timestamp && typeof unit !== 'function' && !Object.keys(timeUnits).some((name) => name === unit)) {
    throw new ConfigurationError(
      `\`hmacSigner.timestamp.unit\` is ${Object.keys(timeUnits).join(', ')}, or a function.`,
    )
  }
}

function isPart(part: unknown): boolean {
  return typeof part === 'string' || typeof part === 'function'
}

function checkDigest(owner: string, { digest = 'sha256', encoding = 'hex' }: Digest): void {
  if (!['sha1', 'sha256', 'sha384', 'sha512'].includes(digest)) {
    throw new ConfigurationError(`\`${owner}.digest\` is sha1, sha256, sha384 or sha512.`)
  }
  if (!['hex', 'base64', 'base64url'].includes(encoding)) {
    throw new ConfigurationError(`\`${owner}.encoding\` is hex, base64 or base64url.`)
  }
}

function checkSecret({ secret, keyId }: HmacKeys): HmacKeys {
  if ((typeof secret !== 'string' && !(secret instanceof Uint8Array)) || secret.length === 0) {
    throw new ConfigurationError('The `secret` of `hmacSigner` is empty, or neither text nor bytes.')
  }
  if (keyId !== undefined && (typeof keyId !== 'string' || !/^[\x20-\x7e]+$/.test(keyId))) {
    throw new ConfigurationError('The `keyId` of `hmacSigner` is printable ASCII.')
  }
  return { secret, keyId }
}
