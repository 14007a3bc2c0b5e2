import { OAuthError, type ReauthorizationCause } from '../errors.ts'
import type { TokenEvent } from '../events.ts'
import type { Runtime } from '../runtime.ts'
import type { TokenAnswer } from './grant.ts'
import { obtain } from './obtain.ts'
import { endOfConnection } from './token-end.ts'
import { isUntouched, renewedRecord } from './token-merge.ts'
import type { Kept, TokenRecord } from './token-record.ts'
import { adopt, decide, ownerOf, type Got, type TokenState } from './token-state.ts'

/** What is wanted of a refresh. */
export interface RefreshWish {
  readonly name: string
  readonly failed: string | undefined
  /** The present token still serves; it is only to be replaced in time. */
  readonly soon: boolean
  readonly runtime: Runtime
}

/** The lease under which a refresh failed, and what is known of the failure. */
interface Failed {
  readonly began: Kept
  readonly name: string
  /** Whether the lease was left behind by another owner. */
  readonly orphaned: boolean
  /** An answer that came and could not be read. */
  readonly unread: string | undefined
  readonly runtime: Runtime
}

// How far a clock may be off before it is named as the likely cause of a refusal.
const suspectSkewMs = 120_000

/**
 * Refreshes a connection: reads the store, takes the lease, asks, stores, and only then lets the tokens be seen.
 *
 * Safe beside other processes by compare-and-swap alone: whoever loses a race takes what the winner stored.
 */
export async function refresh(state: TokenState, { name, failed, soon, runtime }: RefreshWish): Promise<void> {
  const before = state.kept?.record.tokens[name]?.accessToken
  let pauseMs = 50
  for (;;) {
    if (state.unsaved) await save(state, state.unsaved, runtime)
    adopt(state, await state.records.read(runtime), runtime)
    const decision = decide(state, name, failed, runtime)
    if (decision.do === 'use' && !(soon && decision.refreshSoon)) {
      const present = state.kept?.record.tokens[name]?.accessToken
      if (before !== undefined && present !== before) tell(state, runtime, 'adopted')
      return
    }
    if (decision.do === 'reauthorize') throw await end(state, state.kept, decision.because, name, runtime)
    if (decision.do === 'cool-down') throw resting(state, decision.retryAt - runtime.now())
    if (decision.do === 'wait') {
      // The record is watched, not the lease: what counts is that there are tokens.
      await runtime.sleep(Math.min(pauseMs * (1 + runtime.random()), decision.until - runtime.now() + 1))
      pauseMs = Math.min(pauseMs * 2, 1000)
      continue
    }
    if (await lead(state, name, runtime)) return
  }
}

function tell(
  { grant, connection }: TokenState,
  runtime: Runtime,
  result: TokenEvent['result'],
  failure?: OAuthError['failure'],
): void {
  const told = { type: 'token', operation: grant.kind, at: runtime.now(), connection, result } as const
  runtime.emit?.({ ...told, ...(failure && { failure }) })
}

/** Takes the lease and gets tokens; `false` where somebody else came first. */
async function lead(state: TokenState, name: string, runtime: Runtime): Promise<boolean> {
  const { kept: before, records, grant, clock, leaseMs } = state
  const startedAt = runtime.now()
  const record: TokenRecord = before?.record ?? { format: 1, grantId: runtime.uuid(), tokens: {} }
  const lease = { owner: ownerOf(state, runtime), until: startedAt + leaseMs }
  const began = await records.write(before, { ...record, lease }, runtime)
  // A process that stood still meanwhile may hold a lease that is nearly over.
  if (!began || runtime.now() - startedAt > leaseMs / 4) return false
  const orphaned = record.lease !== undefined && record.lease.owner !== lease.owner
  let answer: TokenAnswer | undefined
  try {
    const deadline = startedAt + leaseMs * 0.75
    answer = await obtain(grant, { name, current: record.tokens[name], deadline, clock, runtime })
    await save(state, { began, tokens: answer.read(), name }, runtime)
  } catch (error) {
    if (state.unsaved) throw error
    return fail(state, error, { began, name, orphaned, unread: answer?.raw, runtime })
  }
  tell(state, runtime, 'refreshed')
  // A listener that throws has nobody left here whom it could tell.
  judge(state, answer, runtime).catch(() => {})
  return true
}

/** Reports an answer that is not to be believed: no reason to lose what may be the only refresh token, nor to make anyone wait. */
async function judge(state: TokenState, answer: TokenAnswer, runtime: Runtime): Promise<void> {
  try {
    await answer.validate?.()
  } catch (error) {
    tell(state, runtime, 'invalid', error instanceof OAuthError ? error.failure : undefined)
  }
}

/** Stores what was got. Nobody sees it before that: some vendors retire the old refresh token at the first use of the new one. */
async function save(state: TokenState, got: Got, runtime: Runtime): Promise<void> {
  const { records } = state
  const { began, tokens, name } = got
  const until = began.record.lease?.until ?? 0
  state.unsaved = got
  let present: Kept | undefined = began
  let written: Kept | undefined
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 5000)) {
    try {
      while (!written && present && isUntouched(present.record, began.record, name)) {
        written = await records.write(present, renewedRecord(present.record, tokens), runtime)
        present = written ?? (await records.read(runtime))
      }
      state.unsaved = undefined
      // Nothing holds a lease of that name any more, and the next can have another: 60 bytes of each connection.
      state.owner = undefined
      adopt(state, present, runtime)
      return
    } catch (error) {
      if (runtime.now() + pauseMs >= until) {
        tell(state, runtime, 'unsaved')
        throw error
      }
      await runtime.sleep(pauseMs)
    }
  }
}

/** Keeps what a failure means for those who come next, and throws it; `false` where it was only a race that was lost. */
async function fail(state: TokenState, thrown: unknown, at: Failed): Promise<false> {
  const { records, grant, clock } = state
  const { began, name, orphaned, unread, runtime } = at
  const { lease: _, ...record } = began.record
  if (!(thrown instanceof OAuthError)) {
    await records.write(began, record, runtime).catch(() => {})
    throw thrown
  }
  if (thrown.failure === 'reauthorize' && !grant.unattended) {
    const present = await records.read(runtime)
    if (!present || !isUntouched(present.record, began.record, name)) return false
    const because = orphaned ? 'lost-after-rotation' : Math.abs(clock.ms) > suspectSkewMs ? 'clock' : 'refused'
    throw await end(state, present, because, name, runtime, thrown.oauthCode)
  }
  const error = thrown.failure === 'reauthorize' ? ofConfiguration(thrown) : thrown
  const failures = (record.failures ?? 0) + 1
  const backoffMs = Math.min(60_000, 1000 * 2 ** (failures - 1))
  const waitMs = Math.max(thrown.retryAfterMs ?? 0, backoffMs * (0.5 + runtime.random() / 2))
  const rested = { ...record, failures, retryAt: runtime.now() + waitMs, unread: unread ?? record.unread }
  const written = await records.write(began, rested, runtime).catch(() => undefined)
  if (written) adopt(state, written, runtime)
  state.lastFailure = error
  tell(state, runtime, 'failed', error.failure)
  throw error.add({ retryAfterMs: waitMs })
}

/** Marks the end of a connection, where nobody has, and gives the error that says so. */
async function end(
  state: TokenState,
  present: Kept | undefined,
  because: ReauthorizationCause,
  name: string,
  runtime: Runtime,
  oauthCode?: string,
): Promise<OAuthError> {
  const { connection, records, grant } = state
  const error = endOfConnection(connection, because, oauthCode)
  if (!present || because === 'no-tokens' || present.record.ended?.[name]) return error
  const { lease: _, ...record } = present.record
  // Over this version only: whatever was written since is a winner's, and is not at its end.
  const written = await records.write(present, { ...record, ended: { ...record.ended, [name]: because } }, runtime)
  if (!written) return error
  adopt(state, written, runtime)
  const at = runtime.now()
  runtime.emit?.({ type: 'reauthorize', operation: grant.kind, at, connection, token: name, because })
  return error
}

/** Where there is no user to ask, what is refused is the client's own. */
function ofConfiguration({ message, oauthCode, connection, retryAfterMs }: OAuthError): OAuthError {
  return new OAuthError(message, { failure: 'configuration', oauthCode, connection, retryAfterMs })
}

/** Says that it was tried just now and is not tried again yet. */
function resting({ connection, lastFailure: last }: TokenState, retryAfterMs: number): OAuthError {
  const message = `The connection \`${connection}\` has no good token, and its last refresh failed; the next try is in ${Math.ceil(retryAfterMs)} ms.`
  return new OAuthError(message, {
    failure: last?.failure ?? 'retry',
    oauthCode: last?.oauthCode,
    connection,
    retryAfterMs,
  })
}
