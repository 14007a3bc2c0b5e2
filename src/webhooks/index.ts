export { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
export type { SecretMaterial, WebhookSecret } from './keys.ts'
export type { WebhookHeaders, WebhookRequest } from './request.ts'
export {
  body,
  id,
  method,
  secret,
  timestamp,
  url,
  type Algorithm,
  type ClaimRule,
  type Covered,
  type DerivedPart,
  type JwtAlgorithm,
  type JwtScheme,
  type KeyLocation,
  type MessageScheme,
  type Part,
  type Requirement,
  type SignatureScheme,
  type SignatureSource,
  type Source,
  type TimestampSource,
} from './scheme.ts'
export * as schemes from './schemes/index.ts'
export { sign, type SignedRequest, type SignOptions } from './sign.ts'
export type { Now } from './timestamp.ts'
export { verifier, verify, type Refused, type Verification, type Verified, type VerifyOptions } from './verify.ts'
