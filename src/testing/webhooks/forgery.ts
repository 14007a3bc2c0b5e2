import { createPrivateKey, generateKeyPairSync, KeyObject } from 'node:crypto'
import { ConfigurationError } from 'hawser'
import type { SecretMaterial, WebhookSecret } from 'hawser/webhooks'

/** Gives a body in which every value is another one: whatever a signature covers of it is no longer true. */
export function tampered(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString()
  try {
    return Buffer.from(JSON.stringify(altered(JSON.parse(text))))
  } catch {
    return Buffer.from(`${text}x`)
  }
}

function altered(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (Array.isArray(value)) return value.map(altered)
  if (value === null) return 0
  const fields = Object.entries(value instanceof Object ? value : {}).map(
    ([name, item]) => [name, altered(item)] as const,
  )
  return fields.length === 0 ? { tampered: true } : Object.fromEntries(fields)
}

/**
 * Gives a secret of the same form that is not the same.
 *
 * @throws {ConfigurationError} for a kind of key that it cannot make
 */
export function wrongSecret(secret: WebhookSecret, prefix = ''): WebhookSecret {
  if (typeof secret === 'object' && 'secret' in secret) {
    return { id: String(secret.id), secret: wrongMaterial(secret.secret as SecretMaterial, prefix) }
  }
  return wrongMaterial(secret, prefix)
}

function wrongMaterial(material: SecretMaterial, prefix: string): SecretMaterial {
  if (material instanceof Uint8Array) return material.map((byte) => byte ^ 0xff)
  if (typeof material === 'string' && !material.includes('-----BEGIN')) {
    const head = prefix !== '' && material.startsWith(prefix) ? prefix : ''
    return head + material.slice(head.length).replace(/[0-9a-z]/gi, nextOfItsKind)
  }
  if (material instanceof KeyObject) return otherKey(material)
  return otherKey(
    typeof material === 'string' ? createPrivateKey(material) : createPrivateKey({ key: material, format: 'jwk' }),
  )
}

/** Stays hex where it was hex, and base64 where it was base64. */
function nextOfItsKind(letter: string): string {
  const row =
    ['0123456789', 'abcdef', 'ABCDEF', 'ghijklmnopqrstuvwxyz', 'GHIJKLMNOPQRSTUVWXYZ'].find((each) =>
      each.includes(letter),
    ) ?? letter
  return row[(row.indexOf(letter) + 1) % row.length] ?? letter
}

function otherKey(key: KeyObject): KeyObject {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    case 'ec':
      return generateKeyPairSync('ec', { namedCurve: key.asymmetricKeyDetails?.namedCurve ?? 'P-256' }).privateKey
    default:
      throw new ConfigurationError('`wrongKey` knows shared secrets and private keys of Ed25519, RSA and EC.')
  }
}
