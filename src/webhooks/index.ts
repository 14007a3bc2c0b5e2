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
export { expressHandler } from './adapters/express.ts'
export { fastifyPlugin, type FastifyScope } from './adapters/fastify.ts'
export { honoHandler, type HonoContext } from './adapters/hono.ts'
export { koaMiddleware, type KoaContext } from './adapters/koa.ts'
export { lambdaHandler, type LambdaEvent, type LambdaResult } from './adapters/lambda.ts'
export { nextRoute } from './adapters/next.ts'
export { nodeListener, type NodeRequest } from './adapters/node.ts'
export type { Delivery } from './delivery.ts'
export * as handshakes from './handshakes.ts'
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
export { answer, jsonAnswer, type Answer, type Handshake, type HandshakeRequest, type WebhookSource } from './source.ts'
export * as sources from './sources.ts'
