export { awsSigV4, type AwsKeys, type AwsSettings, type AwsSigV4Options } from './aws-sigv4.ts'
export type { PathEscapes } from './aws-canonical.ts'
export type { DigestAlgorithm } from './content-digest.ts'
export type { Digest, HmacKeys, HmacSettings, TimeUnit } from './hmac-plan.ts'
export { hmacSigner, type HmacSignerOptions } from './hmac-signer.ts'
export type { HttpSignatureAlgorithm, HttpSignatureKey } from './http-algorithms.ts'
export type { Component, DerivedComponent } from './http-components.ts'
export {
  httpSignature,
  type HttpSignatureKeys,
  type HttpSignatureOptions,
  type HttpSignatureSettings,
} from './http-signature.ts'
export * as parts from './parts.ts'
export type { SignedPart, SigningFacts } from './parts.ts'
export { privateKey, type PrivateKey } from './private-key.ts'
export type { Expiring } from './rotating.ts'
export { signer, type SignerOptions, type SigningContext } from './signer.ts'
