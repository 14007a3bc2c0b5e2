import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigurationError } from 'hawser'
import { privateKey, type PrivateKey } from 'hawser/signing'
import { keys } from './rfc9421.ts'
import { failure } from './signed.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1'): string => key.export({ type, format: 'pem' }).toString()

it.each([
  ['PKCS#8', pem(rsa, 'pkcs8'), 'rsa'],
  ['PKCS#1', pem(rsa, 'pkcs1'), 'rsa'],
  ['SEC 1', keys['test-key-ecc-p256'], 'ec'],
  [
    'SEC 1 behind its parameters',
    `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${keys['test-key-ecc-p256']}`,
    'ec',
  ],
  ['PKCS#8 of Ed25519', keys['test-key-ed25519'], 'ed25519'],
  ['PKCS#8 of RSA-PSS', keys['test-key-rsa-pss'], 'rsa-pss'],
  ['a JWK', rsa.export({ format: 'jwk' }), 'rsa'],
  ['a JWK as text', JSON.stringify(createPrivateKey(keys['test-key-ed25519']).export({ format: 'jwk' })), 'ed25519'],
  ['the bytes of a file', Buffer.from(pem(rsa, 'pkcs8')), 'rsa'],
  ['a KeyObject', rsa, 'rsa'],
] as const)('reads a private key as %s', (_, key, type) => {
  expect(privateKey(key).asymmetricKeyType).toBe(type)
})

it('reads PEM however its line breaks were mangled on the way through the environment', () => {
  const mangled = fc.constantFrom(
    (text: string) => text,
    (text: string) => text.replaceAll('\n', '\\n'),
    (text: string) => text.replaceAll('\n', '\\r\\n'),
    (text: string) => text.replaceAll('\n', '\r\n'),
    (text: string) => text.replaceAll('\n', ' '),
    (text: string) => text.replaceAll('\n', ''),
    (text: string) => text.replaceAll('\n', '\n    '),
    (text: string) => `"${text.replaceAll('\n', '\\n')}"`,
    (text: string) => `\uFEFF\n  ${text}\n\n`,
  )
  const all = [pem(rsa, 'pkcs8'), pem(rsa, 'pkcs1'), ...Object.values(keys)]
  const property = fc.property(fc.constantFrom(...all), mangled, (text, mangle) => {
    expect(privateKey(mangle(text)).equals(createPrivateKey(text))).toBe(true)
  })
  fc.assert(property, { numRuns: 200 })
})

it('refuses RSA of less than 2048 bits, in every form', () => {
  const short = generateKeyPairSync('rsa', { modulusLength: 2047 }).privateKey
  for (const key of [pem(short, 'pkcs1'), short.export({ format: 'jwk' }), short]) {
    expect(() => privateKey(key)).toThrow('The RSA key has 2047 bits; it takes at least 2048.')
  }
})

const whole = pem(rsa, 'pkcs8')
const publicJwk = createPublicKey(rsa).export({ format: 'jwk' })
it.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /neither text nor a JWK/],
  ['an empty text', '', /takes a private key as PEM/],
  ['a path', './key.pem', /takes a private key as PEM/],
  ['a public key', createPublicKey(rsa).export({ type: 'spki', format: 'pem' }), /a public one/],
  ['a public KeyObject', createPublicKey(rsa), /a public one/],
  ['a public JWK', publicJwk, /no `d`/],
  ['a JWK that is none', '{"kty":', /no JSON/],
  ['a record that is no JWK', { key: 'canary' }, /neither text nor a JWK/],
  ['a JWK with a part missing', { ...publicJwk, d: 'canary' }, /cannot be read/],
  ['an encrypted key', pem(rsa, 'pkcs8').replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), /is encrypted/],
  ['an encrypted key of the old kind', pem(rsa, 'pkcs1').replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'), /is encrypted/],
  ['a key that is cut off', whole.slice(0, 800), /cut off/],
  ['a key with a part missing', whole.replace(/\n.{64}\n/, '\n'), /cannot be read/],
  ['a key of OpenSSH', whole.replaceAll('PRIVATE', 'OPENSSH PRIVATE'), /ssh-keygen/],
])('refuses %s, says why, and shows nothing of it', async (_, key, message) => {
  const error = await failure(() => privateKey(key as PrivateKey))
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(String(error)).toMatch(message)
  const shown = inspect(error, { depth: null, showHidden: true })
  for (const part of [
    'canary',
    'key.pem',
    ...whole.split('\n').filter((line) => !line.startsWith('-') && line !== ''),
  ]) {
    expect(shown).not.toContain(part)
  }
})
