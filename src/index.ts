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
  PaginationError,
  RateLimitedError,
  RedirectError,
  ResponseTooLargeError,
  TimeoutError,
  isHawserError,
} from './errors.ts'
export type {
  AnyHawserError,
  CallFacts,
  HttpErrorFacts,
  NetworkPhase,
  RequestSummary,
  RetryStop,
  TimeoutFacts,
} from './errors.ts'
export { aborted, onAbort } from './abort.ts'
export type { EndSignal } from './abort.ts'
export { checkNumber, checkOptions } from './check.ts'
export { sleepWith, systemRuntime, withListener } from './runtime.ts'
export type { Cancel, Runtime } from './runtime.ts'
export type * from './events.ts'

export { described, stack } from './http/policy.ts'
export type { Policy, PolicySettings, Send } from './http/policy.ts'
export { endOf, signalOf } from './http/request.ts'
export type { HeaderMap, HttpRequest, RequestBody } from './http/request.ts'
export type { HttpResponse } from './http/response.ts'
export { networkFailure } from './http/network-failure.ts'
export { collect, tooLarge, translated } from './http/response-body.ts'
export { axiosTransport } from './http/axios-transport.ts'
export type { AxiosTransportOptions } from './http/axios-transport.ts'
export type { Transport } from './http/transport.ts'
export { path } from './http/path.ts'
export type { PathTemplate, PathValue } from './http/path.ts'
export type { ArrayStyle, FieldValue, Fields } from './http/query.ts'
export { parseLinks } from './http/link.ts'
export type { Link } from './http/link.ts'
export { retryAfterMs } from './http/retry-after.ts'

export { deadline } from './policies/deadline.ts'
export { idempotency } from './policies/idempotency.ts'
export type { IdempotencyOptions } from './policies/idempotency.ts'
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
export type { Outcome, ReadThrottle, Throttle } from './policies/outcome.ts'

export { authenticate } from './auth/authenticate.ts'
export type { AuthenticateOptions } from './auth/authenticate.ts'
export type { Credential } from './auth/credential.ts'
export { anonymous, apiKey, basic, bearer } from './auth/static.ts'
export type { ApiKeyOptions, Secret } from './auth/static.ts'

export { HttpClient } from './client/client.ts'
export type { CallOptions, HttpClientConfig, PaginateOptions } from './client/client.ts'
export type { RequestDefaults, RequestExtras, Target } from './client/build-request.ts'
export type { Call, WithResponse } from './client/call.ts'
export type { Execution } from './client/execute.ts'
export type { ErrorBody, ErrorReading } from './client/failure.ts'
export { cursor, link, nextUrl, offset, page } from './client/pagination.ts'
export type { NextPage, PageAnswer, Pagination } from './client/pagination.ts'
export type { Page, Pages } from './client/paginate.ts'
export type { RequestOptions } from './client/request-options.ts'
export type { RouteParameters } from './client/route.ts'
export type { SchemaIssue, SchemaResult, StandardSchema } from './client/standard-schema.ts'

export { Connector } from './connector/connector.ts'
export type { ConnectorDescription, ConnectorOptions } from './connector/connector.ts'
export type { VendorProfile } from './connector/profile.ts'
export type { PolicySlots, Slot } from './connector/standard-policies.ts'
