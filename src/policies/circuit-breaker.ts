import { CircuitState, type IBreaker } from 'cockatiel'
import { checkNumber, checkOptions } from '../check.ts'
import { CircuitOpenError } from '../errors.ts'
import { begin, described, rejecting, sendBy, type Passage, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'
import { step, type Circuit } from './circuit.ts'
import { scopeOf, type CircuitScope, type CircuitScopes } from './circuit-scopes.ts'
import { throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import type { Outcome } from './outcome.ts'
import { standardRule, type Rule } from './standard-rule.ts'
import { verdictOn, type Verdict } from './verdict.ts'

/** Options of {@link circuitBreaker}. */
export interface CircuitBreakerOptions {
  /**
   * Makes the rule that opens a circuit, one for each scope: cockatiel's `ConsecutiveBreaker`, `CountBreaker` or your own.
   * @default more than half of the last 20 attempts failed, 10 at least
   */
  readonly breaker?: () => IBreaker
  /** How long a circuit stays open before one trial call. Milliseconds. @default 30_000 */
  readonly openMs?: number
  /** How long without a call until old failures are forgotten. Milliseconds. @default 60_000 */
  readonly forgetMs?: number
  /** What fails together. @default the request's origin */
  readonly scope?: (request: HttpRequest) => string
  /** @default status 429 */
  readonly throttled?: ReadThrottle
}

/** A circuit breaker that can also be opened by hand. */
export interface CircuitBreaker extends Policy {
  /** Refuses every call of every scope until the returned function is called. */
  isolate(): () => void
}

/**
 * Refuses calls at once while the vendor keeps failing, and lets a single one through from time to time to find out.
 *
 * Only failures of the vendor or the network count: never a 4xx, a throttle, an abort or a local refusal.
 *
 * @throws {CircuitOpenError} with `retryAfterMs`, the time until the next trial
 */
export function circuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  checkOptions('circuitBreaker', options, ['breaker', 'openMs', 'forgetMs', 'scope', 'throttled'])
  const { openMs = 30_000, forgetMs = 60_000, throttled = throttledByStatus } = options
  const { breaker = standardRule, scope = originPart } = options
  checkNumber('circuitBreaker.openMs', openMs, 1)
  checkNumber('circuitBreaker.forgetMs', forgetMs, 1)
  const circuits: Circuits = {
    makeRule: breaker,
    forgetMs,
    known: undefined,
    scope,
    throttled,
    openMs,
    isolations: 0,
  }

  const policy: Policy = (next, runtime) => sendBy(sendThroughCircuit, { circuits, next, runtime })
  const isolate = (): (() => void) => {
    let done = false
    circuits.isolations++
    return () => {
      if (!done) circuits.isolations--
      done = true
    }
  }
  return Object.assign(described({ name: 'circuitBreaker', openMs, forgetMs }, policy), { isolate })
}

/** The circuits of one breaker, and by what they are judged. */
interface Circuits extends CircuitScopes, Required<Pick<CircuitBreakerOptions, 'scope' | 'throttled' | 'openMs'>> {
  /** How often it is opened by hand at the moment. */
  isolations: number
}

/** What one client's calls pass through. */
interface Way extends Passage {
  readonly circuits: Circuits
}

function sendThroughCircuit(this: Way, request: HttpRequest): Promise<HttpResponse> {
  return rejecting(enter, request, this)
}

function enter(request: HttpRequest, { circuits, next, runtime }: Way): Promise<HttpResponse> {
  const { scope, isolations } = circuits
  const now = runtime.now()
  const at = scopeOf(circuits, scope(request), now)
  const before = at.circuit
  const asked = isolations > 0 ? before : move(at, step(before, { type: 'ask', now }), request, runtime)
  const passes = isolations === 0 && (asked.at === 'closed' || (asked.at === 'half-open' && asked !== before))
  if (!passes) {
    const retryAfterMs = isolations === 0 && asked.at === 'open' ? asked.until - now : undefined
    const why = isolations > 0 ? 'was opened by hand' : `is open after too many failures of ${at.key}`
    throw new CircuitOpenError(`${request.operation}: not sent, the circuit ${why}.`, { retryAfterMs })
  }
  return begin(next, request).then(
    (response) => {
      judge(at, asked, { response }, request, circuits, runtime)
      return response
    },
    (error: unknown) => {
      judge(at, asked, { error }, request, circuits, runtime)
      throw error
    },
  )
}

/** Cuts a request's URL, which is written out in full, after its host; parsing it would cost more than all the rest here. */
function originPart({ url }: HttpRequest): string {
  return url.slice(0, url.indexOf('/', url.indexOf('//') + 2))
}

/** Takes over what the outcome of a call says of its scope. `passed`: the state in which the call was let through. */
function judge(
  scope: CircuitScope,
  passed: Circuit,
  outcome: Outcome,
  request: HttpRequest,
  { throttled, openMs }: Circuits,
  runtime: Runtime,
): void {
  let verdict: Verdict = 'neutral'
  const now = runtime.now()
  try {
    verdict = verdictOn(outcome, throttled, now)
  } finally {
    // An answer that was under way when the state changed says nothing about the new state.
    if (scope.circuit === passed) {
      const trip = count(scope.rule, passed, verdict)
      move(scope, step(passed, { type: 'verdict', verdict, trip, now, openMs }), request, runtime)
    }
  }
}

/** Tells the rule, and asks it whether the circuit is to open. What says nothing about health is not counted at all. */
function count(rule: Rule, circuit: Circuit, verdict: Verdict): boolean {
  const state = circuit.at === 'closed' ? CircuitState.Closed : CircuitState.HalfOpen
  if (verdict === 'failing') return rule.failure(state)
  if (verdict === 'healthy') rule.success(state)
  return false
}

function move(scope: CircuitScope, to: Circuit, { operation }: HttpRequest, runtime: Runtime): Circuit {
  const from = scope.circuit
  scope.circuit = to
  if (from.at !== to.at) {
    runtime.emit?.({ type: 'circuit', operation, at: runtime.now(), scope: scope.key, from: from.at, to: to.at })
  }
  return to
}
