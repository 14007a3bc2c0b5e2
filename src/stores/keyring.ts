import { subtle, type webcrypto } from 'node:crypto'
import { ConfigurationError, checkOptions } from 'hawser'

/** A key of 32 random bytes, as they are or in base64 (either alphabet, as in `openssl rand -base64 32`). */
export type KeyMaterial = string | Uint8Array

/** Options of {@link keyring}. */
export interface KeyringOptions {
  /** The name of the key that seals from now on. */
  readonly primary: string
  /** All keys that open, by their names. A name stands in clear with whatever it sealed, and is never given to another key. */
  readonly keys: Readonly<Record<string, KeyMaterial>>
}

/** The keys that seal and open tokens. Printing it shows no key. */
export interface Keyring {
  readonly primary: string
  /** The names of all keys. */
  readonly kids: readonly string[]
  /** Gives a key for AES-256-GCM that cannot be exported; `undefined` where there is none of that name. */
  key(kid: string): Promise<webcrypto.CryptoKey> | undefined
}

const keyBytes = 32

/**
 * Makes a keyring. It opens what any of its keys sealed and seals with the primary one.
 *
 * @throws {ConfigurationError} where a key is not 32 bytes, a name cannot be used, or the primary key is missing
 */
export function keyring(options: KeyringOptions): Keyring {
  checkOptions('keyring', options, ['primary', 'keys'])
  const { primary, keys } = options
  checkOptions('keyring.keys', keys, Object.keys(keys ?? {}))
  const held = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const [kid, material] of Object.entries(keys)) {
    if (!/^[\w.-]{1,64}$/.test(kid)) {
      throw new ConfigurationError('The name of a key is 1 to 64 letters, digits, dots, dashes or underscores.')
    }
    const bytes = bytesOf(kid, material)
    const same = [...held].find(([, other]) => Buffer.compare(other, bytes) === 0)
    if (same) throw new ConfigurationError(`\`keyring.keys\`: \`${same[0]}\` and \`${kid}\` are the same key.`)
    held.set(kid, bytes)
  }
  if (!held.has(primary)) throw new ConfigurationError('`keyring.primary` is the name of one of `keyring.keys`.')

  const imported = new Map<string, Promise<webcrypto.CryptoKey>>()
  return {
    primary,
    kids: [...held.keys()],
    key(kid) {
      const bytes = held.get(kid)
      if (!bytes) return undefined
      const known = imported.get(kid) ?? subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt'])
      imported.set(kid, known)
      return known
    },
  }
}

function bytesOf(kid: string, material: KeyMaterial): Uint8Array<ArrayBuffer> {
  // Copied, so that a caller who wipes his own does not wipe ours.
  const given = ArrayBuffer.isView(material) ? Uint8Array.from(material) : undefined
  const bytes = typeof material === 'string' ? fromBase64(material) : given
  if (bytes?.length === keyBytes) return bytes
  throw new ConfigurationError(
    `\`keyring.keys.${kid}\` is ${keyBytes} random bytes, as they are or in base64: openssl rand -base64 ${keyBytes}`,
  )
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.trim().replace(/=+$/, '').replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(Buffer.from(plain, 'base64'))
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '') === plain ? bytes : undefined
}
