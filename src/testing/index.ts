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
export { fakeClock } from './fake-clock.ts'
export type { FakeClock, FakeClockOptions } from './fake-clock.ts'
export { mockVendor } from './mock-vendor.ts'
export type { FaultOptions, MockVendor, ReceivedRequest } from './mock-vendor.ts'
export { replay } from './replay.ts'
export type { Recording, ReplayOptions } from './replay.ts'
export type { Simulator } from './simulator.ts'
export { tokenStoreConformance } from './token-store-conformance.ts'
export type { ConformanceCase, TokenStoreConformanceOptions } from './token-store-conformance.ts'
