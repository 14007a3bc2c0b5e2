import type { OAuthError } from '../errors.ts'
import type { ClockOffset } from '../http/clock-offset.ts'
import { added, find, type Few } from '../http/few.ts'
import type { Runtime } from '../runtime.ts'
import type { Grant } from './grant.ts'
import { decideToken, type TokenDecision } from './token-decision.ts'
import type { Kept } from './token-record.ts'
import type { RecordStore } from './token-store-access.ts'
import { advisoryMoment, windowsOf } from './token-windows.ts'
import { conceal, type TokenBundle, type Tokens } from './tokens.ts'

/** One token that is at hand. */
export interface Held {
  /** Its name. */
  readonly key: string
  readonly tokens: Tokens
  /** From here on it is replaced while it still serves. Milliseconds since the Unix epoch. */
  readonly advisoryAt: number
}

/** Tokens that came, and the lease under which they were asked for. */
export interface Got {
  readonly began: Kept
  readonly tokens: TokenBundle
  readonly name: string
}

/** All that a source knows of its connection. Ten thousand of these are held: what works on them are functions, made once. */
export interface TokenState {
  readonly connection: string
  readonly grant: Grant
  readonly records: RecordStore
  readonly clock: ClockOffset
  readonly leaseMs: number
  /** As given, see {@link TokenWindowOptions}. */
  readonly advisoryMs: number | undefined
  readonly mandatoryMs: number | undefined
  /** What the store holds, as far as is known. */
  kept: Kept | undefined
  held: Few<Held>
  /** Whose state it is: while a refresh holds the state, who looks for the source finds it, though nobody else holds it any more. */
  source: object | undefined
  /** The refresh under way. */
  flight: Promise<void> | undefined
  /** Who holds the lease while this source refreshes, until it has stored what it got. */
  owner: string | undefined
  /** What the last refused token was replaced with. */
  renewal: { readonly accessToken: string; readonly restUntil: number } | undefined
  /** Tokens that the store did not take. */
  unsaved: Got | undefined
  lastFailure: OAuthError | undefined
}

/** Gives the token of a name, where it is at hand. */
export function heldAs({ held }: TokenState, name: string): Held | undefined {
  return find(held, name)
}

/** Takes over what the store holds. */
export function adopt(state: TokenState, next: Kept | undefined, runtime: Runtime): void {
  let held: Few<Held>
  const { tokens: all = {}, ended } = next?.record ?? {}
  for (const [name, tokens] of Object.entries(all)) {
    const advisoryAt = ended?.[name] === undefined ? advisoryAtOf(name, tokens, state, runtime) : never
    held = added(held, { key: name, tokens: conceal(tokens), advisoryAt })
  }
  state.kept = next
  state.held = held
}

// Before every moment, so that no call passes the decision by: the connection is at its end, whatever becomes of the token.
const never = 0

function advisoryAtOf(name: string, tokens: Tokens, state: TokenState, runtime: Runtime): number {
  const before = heldAs(state, name)
  // The same token keeps its moment: drawn anew at each look, it would come too early.
  const same = before?.tokens.accessToken === tokens.accessToken && before.tokens.expiresAt === tokens.expiresAt
  return same && before.advisoryAt !== never ? before.advisoryAt : advisoryMoment(tokens, state, runtime.random())
}

/** Decides what is done for a token, see {@link decideToken}. */
export function decide(state: TokenState, name: string, failed: string | undefined, runtime: Runtime): TokenDecision {
  const held = heldAs(state, name)
  const tokens = held?.tokens
  const windows = held && windowsOf(held.tokens, held.advisoryAt, state.mandatoryMs)
  const { owner, grant } = state
  const { unattended } = grant
  const record = state.kept?.record
  return decideToken({ name, record, tokens, windows, failed, unattended, owner, now: runtime.now() })
}

/** Names the source in leases. */
export function ownerOf(state: TokenState, runtime: Runtime): string {
  state.owner ??= runtime.uuid()
  return state.owner
}
