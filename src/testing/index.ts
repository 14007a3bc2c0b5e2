export { authorizationServer, quirks, tokenFaults } from './authorization-server/index.ts'
export type {
  Access,
  AuthorizationServer,
  AuthorizationServerOptions,
  BodyForm,
  TokenChaos,
  ClientAuthentication,
  Connection,
  Counters,
  DpopOptions,
  FaultMoment,
  OAuthErrorCode,
  OnReuse,
  Paths,
  PkceUse,
  ProtectOptions,
  PublicKey,
  Quirk,
  RegisteredClient,
  Rotation,
  ServerClock,
  Template,
  TokenFault,
  TokenRequest,
  TrustedIssuer,
  VendorCodes,
} from './authorization-server/index.ts'
export { conformance } from './conformance/conformance.ts'
export type { ConformancePlan, ConformanceWebhooks, ConnectorCase, ConnectorClass } from './conformance/plan.ts'
export { fakeClock } from './fake-clock.ts'
export type { FakeClock, FakeClockOptions } from './fake-clock.ts'
export { chaos } from './faults/chaos.ts'
export type { Chaos, ChaosOptions } from './faults/chaos.ts'
export type { Fault, FaultKind, StatusFault } from './faults/fault.ts'
export type { FaultOptions } from './faults/fault-queue.ts'
export type { MswHandler } from './fronts/msw-handlers.ts'
export type { Journal } from './journal/journal.ts'
export type { ReceivedRequest } from './journal/received-request.ts'
export { mockVendor } from './mock-vendor.ts'
export type { MockVendor, MockVendorOptions } from './mock-vendor.ts'
export { CassetteSecretError } from './record/cassette-secret-error.ts'
export type { Cassette, CassetteBody, CassetteEntry } from './record/cassette.ts'
export { record } from './record/record.ts'
export type { Recorder, RecordOptions } from './record/record.ts'
export { replayCassette } from './record/replay-cassette.ts'
export { replay } from './replay.ts'
export type { Recording, ReplayOptions } from './replay.ts'
export { tokenStoreConformance } from './token-store-conformance.ts'
export type { ConformanceCase, TokenStoreConformanceOptions } from './token-store-conformance.ts'
export type { Simulator, SimulatorContext } from './simulator.ts'
export { githubSimulator } from './github/github-simulator.ts'
export type { GitHubSimulatorOptions } from './github/github-simulator.ts'
export type { GitHubRecords } from './github/records.ts'
export { shopifySimulator } from './shopify/shopify-simulator.ts'
export type { ShopifySimulatorOptions } from './shopify/shopify-simulator.ts'
export type { ShopifyRecords } from './shopify/records.ts'
export { slackSimulator } from './slack/slack-simulator.ts'
export type { SlackSimulatorOptions } from './slack/slack-simulator.ts'
export type { SimulatedFile, SlackRecords } from './slack/records.ts'
export { stripeSimulator } from './stripe/stripe-simulator.ts'
export type { StripeSimulatorOptions } from './stripe/stripe-simulator.ts'
export type { StripeRecords } from './stripe/records.ts'
export { ietfHeaders, keyValueHeaders, usedOfMaxHeaders, xRateLimitHeaders } from './limits/dialects.ts'
export type { XRateLimitHeadersOptions } from './limits/dialects.ts'
export { createLimiter } from './limits/limiter.ts'
export type { Admission, Limiter } from './limits/limiter.ts'
export type { LimitState } from './limits/meter.ts'
export type { VendorLimits } from './limits/vendor-limits.ts'
export { retryAfterSeconds } from './limits/vendor-quota.ts'
export type { QuotaRefusal, SimulatedLimit, TellQuota, VendorQuota, Violation } from './limits/vendor-quota.ts'
export { defineSimulator } from './simulators/define-simulator.ts'
export type { Collection, Parents } from './simulators/collection.ts'
export type * from './simulators/definition.ts'
export { cursorPages, lastIdPages, linkPages, numberPages, offsetPages } from './simulators/pages.ts'
export type { Listed, PageSize, SimulatedPages } from './simulators/pages.ts'
export { refuse } from './simulators/reply.ts'
export type { FailureReply, JsonReply, Reply, SimulatedFailure } from './simulators/reply.ts'
export type { WebhookEvent } from './webhooks/event.ts'
export type { Deliver, DeliverOptions, DeliveryVariant, WebhookSettings } from './webhooks/sender.ts'
