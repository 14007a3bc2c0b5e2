export { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
export { signedBy } from './content.ts'
export type { SecretMaterial, WebhookSecret } from './keys.ts'
export {
  bareUrl,
  body,
  canonical,
  checksum,
  decodedUrl,
  encodedPath,
  form,
  id,
  lines,
  listedHeaders,
  method,
  secret,
  sortedUrl,
  timestamp,
  url,
} from './parts.ts'
export type { Chunk, Covered, Facts, Key, Now, Reading, Verified, WebhookHeaders, WebhookRequest } from './reading.ts'
export type {
  Algorithm,
  ClaimRule,
  DerivedPart,
  FactPart,
  JwtAlgorithm,
  JwtScheme,
  KeyLocation,
  MessageScheme,
  Part,
  Requirement,
  Settings,
  SignatureScheme,
  SignatureSource,
  SignedParts,
  Source,
  TimestampSource,
  TokenEngine,
} from './scheme.ts'
export { tokenEngine } from './jwt.ts'
export * as schemes from './schemes/index.ts'
export { sign, type SignedRequest, type SignOptions } from './sign.ts'
export { verifier, verify, type Refused, type Verification, type VerifyOptions } from './verify.ts'
export { expressHandler } from './adapters/express.ts'
export { fastifyPlugin, type FastifyScope } from './adapters/fastify.ts'
export { honoHandler, type HonoContext } from './adapters/hono.ts'
export { koaMiddleware, type KoaContext } from './adapters/koa.ts'
export { lambdaHandler, type LambdaEvent, type LambdaResult } from './adapters/lambda.ts'
export { nextRoute } from './adapters/next.ts'
export { nodeListener, type NodeRequest } from './adapters/node.ts'
export type { Delivery } from './delivery.ts'
export * as handshakes from './vendors/handshakes.ts'
export type { IncomingWebhook } from './incoming.ts'
export { receiver, type Receiver, type ReceiverOptions } from './receiver.ts'
export {
  keyReference,
  remoteKeys,
  verifyWithKeys,
  type KeyLookup,
  type KeyReference,
  type RemoteKeysOptions,
} from './remote-keys.ts'
export { memoryReplayWindow, type Claim, type MemoryReplayWindowOptions, type ReplayWindow } from './replay-window.ts'
export {
  answer,
  jsonAnswer,
  type Answer,
  type Handshake,
  type HandshakeRequest,
  type VendorWebhooks,
  type WebhookSource,
} from './source.ts'
export * as sources from './vendors/sources.ts'
