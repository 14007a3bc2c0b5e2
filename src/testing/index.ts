export { authorizationServer, tokenFaults } from './authorization-server/index.ts'
export type {
  Access,
  AuthorizationServer,
  AuthorizationServerOptions,
  ChaosOptions,
  ClientAuthentication,
  Connection,
  Counters,
  FaultMoment,
  OnReuse,
  ProtectOptions,
  RegisteredClient,
  Rotation,
  ServerClock,
  TokenFault,
  TokenRequest,
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
