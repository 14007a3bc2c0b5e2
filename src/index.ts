export {
  AbortedError,
  BulkheadFullError,
  CircuitOpenError,
  ConfigurationError,
  DecodeError,
  HawserError,
  HttpError,
  InvalidRequestError,
  NetworkError,
  OAuthError,
  PaginationError,
  QuotaExhaustedError,
  RateLimitedError,
  ReauthorizationRequiredError,
  RedirectError,
  ResponseTooLargeError,
  TimeoutError,
  TokenStoreError,
  WebhookVerificationError,
  isHawserError,
} from './errors.ts'
export type {
  AnyHawserError,
  CallFacts,
  HttpErrorFacts,
  NetworkPhase,
  OAuthErrorFacts,
  OAuthFailure,
  ReauthorizationCause,
  RequestSummary,
  RetryStop,
  TimeoutFacts,
  TokenStoreErrorFacts,
  TokenStoreFailure,
  WebhookFailure,
} from './errors.ts'
export { aborted, onAbort } from './abort.ts'
export type { EndSignal } from './abort.ts'
export { checkNumber, checkOptions, isRecord } from './check.ts'
export { fieldAt, parseJson } from './json-value.ts'
export { sleepWith, systemRuntime, withListener } from './runtime.ts'
export type { Cancel, Runtime } from './runtime.ts'
export type * from './events.ts'

export { described, stack } from './http/policy.ts'
export type { Policy, PolicySettings, Send } from './http/policy.ts'
export { checkPatterns, isOwn, originOf } from './http/origins.ts'
export type { OwnOrigins } from './http/origins.ts'
export { createClockOffset, learnClock } from './http/clock-offset.ts'
export type { ClockOffset } from './http/clock-offset.ts'
export { endOf, isWrite, signalOf } from './http/request.ts'
export type { HeaderMap, HttpRequest, RequestBody } from './http/request.ts'
export { bodyText } from './http/response.ts'
export type { HttpResponse } from './http/response.ts'
export { networkFailure } from './http/network-failure.ts'
export { relay } from './http/relay.ts'
export { collect, tooLarge, translated } from './http/response-body.ts'
export { openUpload } from './http/upload.ts'
export type { Upload } from './http/upload.ts'
export { axiosTransport } from './http/axios-transport.ts'
export type { AxiosTransportOptions } from './http/axios-transport.ts'
export type { Transport } from './http/transport.ts'
export { checkPlace, placed } from './http/place.ts'
export type { Place } from './http/place.ts'
export { withHeader } from './http/headers.ts'
export { path } from './http/path.ts'
export type { PathTemplate, PathValue } from './http/path.ts'
export type { ArrayStyle, DateStyle, Fields, FieldStyle, FieldValue } from './http/query.ts'
export { parseLinks } from './http/link.ts'
export type { Link } from './http/link.ts'
export { redactText, secretsRedactor } from './http/redact.ts'
export { retryAfterMs } from './http/retry-after.ts'
export { sentField } from './http/sent-field.ts'
export { statusWhen } from './http/status-when.ts'
export type { ReadStatus, StatusWhenOptions } from './http/status-when.ts'
export type { ReadThrottle, Throttle } from './http/throttled.ts'

export { deadline } from './policies/deadline.ts'
export { idempotency } from './policies/idempotency.ts'
export type { IdempotencyOptions } from './policies/idempotency.ts'
export { revalidate } from './policies/revalidate.ts'
export type { RevalidateOptions } from './policies/revalidate.ts'
export { fallback } from './policies/fallback.ts'
export type { FallbackOptions } from './policies/fallback.ts'
export { retry } from './policies/retry.ts'
export type { RetryOptions } from './policies/retry.ts'
export { fullJitter } from './policies/backoff.ts'
export type { Backoff } from './policies/backoff.ts'
export { retryBudget } from './policies/retry-budget.ts'
export type { RetryBudget, RetryBudgetOptions } from './policies/retry-budget.ts'
export type { RetryReason } from './policies/retry-decision.ts'
export { circuitBreaker } from './policies/circuit-breaker.ts'
export type { CircuitBreaker, CircuitBreakerOptions } from './policies/circuit-breaker.ts'
export { bulkhead } from './policies/bulkhead.ts'
export type { BulkheadOptions } from './policies/bulkhead.ts'
export { redirect } from './policies/redirect.ts'
export type { RedirectOptions } from './policies/redirect.ts'
export { attemptTimeout } from './policies/attempt-timeout.ts'
export { report } from './policies/report.ts'
export type { Outcome } from './policies/outcome.ts'

export { throttle } from './quota/throttle.ts'
export type { QuotaThrottle, ThrottleOptions } from './quota/throttle.ts'
export { throttledBy } from './quota/throttled-by.ts'
export { quota } from './quota/quota.ts'
export type { BucketState } from './quota/bucket-state.ts'
export type { Quota, QuotaOptions } from './quota/quota.ts'
export type { QuotaFacts } from './quota/facts.ts'
export type { GateOptions } from './quota/gate.ts'
export type { Limit, QuotaScope, WindowKind } from './quota/limit.ts'
export { readAll } from './quota/reading.ts'
export type { QuotaReader, QuotaReading, Refusal, WindowReading } from './quota/reading.ts'
export { proven } from './quota/proven.ts'
export type { QuotaSample } from './quota/proven.ts'
export { costBody } from './quota/readers/cost-body.ts'
export type { CostBodyOptions } from './quota/readers/cost-body.ts'
export { ietfRateLimit } from './quota/readers/ietf.ts'
export type { IetfRateLimitOptions } from './quota/readers/ietf.ts'
export { keyValues } from './quota/readers/key-values.ts'
export type { KeyValuesOptions } from './quota/readers/key-values.ts'
export { refusalWhen } from './quota/readers/refusal-when.ts'
export type { RefusalWhenOptions } from './quota/readers/refusal-when.ts'
export type { ResetForm } from './quota/readers/reset.ts'
export { usedOfMax } from './quota/readers/used-of-max.ts'
export type { UsedOfMaxOptions } from './quota/readers/used-of-max.ts'
export { xRateLimit } from './quota/readers/x-rate-limit.ts'
export type { XRateLimitOptions } from './quota/readers/x-rate-limit.ts'
export { bottleneckScheduler } from './quota/bottleneck-scheduler.ts'
export type { BottleneckLike } from './quota/bottleneck-scheduler.ts'
export { gateScheduler } from './quota/scheduler.ts'
export type { Scheduler } from './quota/scheduler.ts'

export { authenticate } from './auth/authenticate.ts'
export type { AuthenticateOptions } from './auth/authenticate.ts'
export type { Credential } from './auth/credential.ts'
export { anonymous } from './auth/anonymous.ts'
export { apiKey, bearer } from './auth/api-key.ts'
export type { ApiKeyOptions } from './auth/api-key.ts'
export { basic } from './auth/basic.ts'
export type { BasicOptions } from './auth/basic.ts'
export type { Secret } from './auth/secret.ts'
export type { Grant, GrantRequest, TokenAnswer } from './auth/grant.ts'
export type {
  ClientAuthentication,
  ExpiryFacts,
  OAuthCode,
  OAuthVendor,
  Rotation,
  TokenHook,
  TokenHookRequest,
  TokenPaths,
} from './auth/oauth-vendor.ts'
export { memoryTokenStore } from './auth/token-store.ts'
export { attachBearer, refusedByBody, tokenCredential } from './auth/token-credential.ts'
export type { Attach, TokenCredentialOptions } from './auth/token-credential.ts'
export { tokenSource } from './auth/token-source.ts'
export type { TokenSource, TokenSourceOptions } from './auth/token-source.ts'
export type { TokenWindowOptions } from './auth/token-windows.ts'
export { conceal, mainToken } from './auth/tokens.ts'
export type { MemoryTokenStoreOptions, StoredValue, Swapped, TokenStore } from './auth/token-store.ts'
export type { TokenBundle, Tokens } from './auth/tokens.ts'

export { HttpClient } from './client/client.ts'
export type { HttpClientConfig, PaginateOptions } from './client/client.ts'
export type { RequestDefaults, RequestExtras, Target } from './client/build-request.ts'
export type { Call, WithResponse } from './client/call.ts'
export type { Execution } from './client/execute.ts'
export type { ErrorBody, ErrorReading } from './client/failure.ts'
export { cursor, graphqlConnection, lastId, link, nextUrl, offset, page } from './client/pagination.ts'
export type { NextPage, PageAnswer, Pagination } from './client/pagination.ts'
export type { Page, Pages } from './client/paginate.ts'
export type { RouteAnswer, RouteFailure, RouteOf, RouteOptions, TypedRoutes } from './client/openapi.ts'
export type { CallOptions, PlainOptions, RequestOptions } from './client/request-options.ts'
export type { RouteParameters } from './client/route.ts'
export type { SchemaIssue, SchemaResult, StandardSchema } from './client/standard-schema.ts'

export { Connector } from './connector/connector.ts'
export type { ConnectionCheck, ConnectionFailure, Probe } from './connector/connection-check.ts'
export { baseUrlOf, fillTenant } from './connector/tenant.ts'
export type { Tenant, TenantPatterns } from './connector/tenant.ts'
export type { ConnectorDescription, ConnectorOptions } from './connector/connector.ts'
export type { VendorProfile } from './connector/profile.ts'
export type { PolicySlots, Slot } from './connector/standard-policies.ts'
