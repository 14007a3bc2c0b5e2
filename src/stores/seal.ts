import { ConfigurationError, TokenStoreError, type TokenStoreFailure } from 'hawser'
import type * as Jose from 'jose'
import type { Keyring } from './keyring.ts'

/** What a sealed text says in clear. It is bound to what is sealed: changing it, or moving it, breaks the seal. */
export interface Seal {
  /** The name of the key. */
  readonly kid: string
  readonly connection: string
}

// Direct encryption: the text is encrypted with the key itself, under a random 96-bit IV, and the header is authenticated.
// @see https://www.rfc-editor.org/rfc/rfc7518#section-4.5
// @see https://www.rfc-editor.org/rfc/rfc7518#section-5.3
const algorithms = { alg: 'dir', enc: 'A256GCM' } as const

/** Seals text for one connection with the primary key. */
export async function seal(keyring: Keyring, connection: string, text: string): Promise<string> {
  const { CompactEncrypt } = await jose()
  const key = await keyring.key(keyring.primary)
  if (!key) throw new ConfigurationError('`keyring.primary` is the name of one of `keyring.keys`.')
  const header: Jose.CompactJWEHeaderParameters & Seal = { ...algorithms, kid: keyring.primary, connection }
  return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key)
}

/**
 * Reads what a sealed text says in clear; it is to be believed once the text is opened.
 *
 * @throws {TokenStoreError} `not-sealed` or `damaged`
 */
export function readSeal(connection: string, sealed: string): Seal {
  const header = /^[\w-]+\.\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/.test(sealed) ? headerOf(sealed) : undefined
  const { kid, connection: sealedFor } = header ?? {}
  if (typeof kid === 'string' && typeof sealedFor === 'string') return { kid, connection: sealedFor }
  // What begins like a JWE is what is left of one.
  throw /^eyJ[\w-]*\./.test(sealed)
    ? unopened(connection, 'damaged', 'are sealed, but not whole. Bring them back from a backup')
    : unopened(connection, 'not-sealed', 'are not sealed. Seal them, or read them from the store beneath')
}

/**
 * Opens what was sealed for a connection.
 *
 * @throws {TokenStoreError} saying why it does not open
 */
export async function unseal(keyring: Keyring, connection: string, sealed: string): Promise<string> {
  const { kid, connection: sealedFor } = readSeal(connection, sealed)
  if (sealedFor !== connection) {
    throw unopened(connection, 'sealed-for-another', 'were sealed for another connection and have been moved here')
  }
  const [{ compactDecrypt }, key] = await Promise.all([jose(), keyring.key(kid)])
  if (!key) {
    throw unopened(connection, 'unknown-key', `were sealed with the key \`${shown(kid)}\`; add it to the keyring`)
  }
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [algorithms.alg],
      contentEncryptionAlgorithms: [algorithms.enc],
    })
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(plaintext)
  } catch {
    const why = `do not open with the key \`${kid}\`: the keyring has another key of that name, or they were altered`
    throw unopened(connection, 'not-authentic', why)
  }
}

function headerOf(sealed: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return Object(JSON.parse(Buffer.from(sealed.slice(0, sealed.indexOf('.')), 'base64url').toString()))
  } catch {
    return undefined
  }
}

function unopened(connection: string, reason: TokenStoreFailure, why: string): TokenStoreError {
  return new TokenStoreError(`The tokens of \`${connection}\` ${why}. They are still there.`, { reason, connection })
}

/** A name from outside: what is no name of a key is not repeated. */
function shown(kid: string): string {
  return /^[\w.-]{1,64}$/.test(kid) ? kid : '…'
}

async function jose(): Promise<typeof Jose> {
  return import('jose').catch(() => {
    throw new ConfigurationError('`sealed` needs jose: `npm install jose`.')
  })
}
