import { checkNumber, checkOptions } from '../check.ts'
import { ConfigurationError, OAuthError, ReauthorizationRequiredError } from '../errors.ts'
import { createClockOffset, type ClockOffset } from '../http/clock-offset.ts'
import { itemsOf } from '../http/few.ts'
import type { Runtime } from '../runtime.ts'
import type { Grant, TokenAnswer } from './grant.ts'
import type { TokenRecord } from './token-record.ts'
import { refresh, type RefreshWish } from './token-refresh.ts'
import { adopt, decide, heldAs, type TokenState } from './token-state.ts'
import { memoryRecord, recordStore } from './token-store-access.ts'
import type { TokenStore } from './token-store.ts'
import type { TokenWindowOptions } from './token-windows.ts'
import { conceal, type TokenBundle, type Tokens } from './tokens.ts'

/** Options of {@link tokenSource}. */
export interface TokenSourceOptions extends TokenWindowOptions {
  /** Names the connection in errors and events; no secret. */
  readonly connection: string
  readonly grant: Grant
  /** @default in memory, which is right for tokens that can be had anew without a user */
  readonly store?: TokenStore
  /** Where in the store. @default `connection` */
  readonly key?: string
  /** How long one process may take to get new tokens before another tries. Milliseconds. @default 60_000 */
  readonly leaseMs?: number
}

/** The tokens of one connection, always fresh. Clients that share a connection share one of these. */
export interface TokenSource {
  readonly connection: string
  /** What `describe()` shows: the grant. */
  readonly kind: string
  /** The vendor's clock, as far as it is known. */
  readonly clock: ClockOffset
  /**
   * Gives a token that is good now; at once where it is at hand.
   *
   * @throws {ReauthorizationRequiredError} where only the user can help
   * @throws {OAuthError} where there is no good token and none could be had
   */
  token(name: string, runtime: Runtime): Tokens | Promise<Tokens>
  /** Tells whether there is another token than the one that was refused; gets one where that is possible. */
  renew(name: string, failed: string, runtime: Runtime): Promise<boolean>
  /** Stores what a login has brought. It goes before whatever is there, and before any refresh under way. */
  put(answer: TokenAnswer, runtime: Runtime): Promise<TokenBundle>
  /** Reads what is stored, without refreshing it. */
  stored(runtime: Runtime): Promise<TokenBundle | undefined>
  /** Forgets the connection, here and in the store, and gives what was there, so that it can be revoked. */
  remove(runtime: Runtime): Promise<TokenBundle | undefined>
  /** Resolves when no refresh is under way: wait for it before the process ends. */
  settled(): Promise<void>
}

const optionNames = ['connection', 'grant', 'store', 'key', 'leaseMs', 'advisoryMs', 'mandatoryMs']

// A vendor that refuses what it has just issued will refuse the next one too. At most half of a token's life: later it may have ended.
const renewalRestMs = 60_000

// A vendor may give one that has ended by our clock: whoever asks on then, asks for ever. Some of them are for a connection's other
// tokens.
const mostFlights = 3

/**
 * Keeps the tokens of one connection fresh, for every call of this process and beside every other process.
 *
 * Tokens are replaced in the background before they end, by one caller at a time, and used only after they are stored.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14
 * @throws {ConfigurationError} where an option is unknown or missing
 */
export function tokenSource(options: TokenSourceOptions): TokenSource {
  checkOptions('tokenSource', options, optionNames)
  const { connection, grant, store, key = connection, leaseMs = 60_000, advisoryMs, mandatoryMs } = options
  if (typeof connection !== 'string' || connection === '') throw new ConfigurationError('`connection` is a name.')
  checkNumber('tokenSource.leaseMs', leaseMs, 1)
  return new ConnectionTokens({
    connection,
    grant,
    records: store ? recordStore(store, key, connection) : memoryRecord(),
    clock: createClockOffset(),
    leaseMs,
    advisoryMs,
    mandatoryMs,
    kept: undefined,
    held: undefined,
    source: undefined,
    flight: undefined,
    owner: undefined,
    renewal: undefined,
    unsaved: undefined,
    lastFailure: undefined,
  })
}

// A class, because there is one for each connection; its state is private, so that printed it shows no token.
class ConnectionTokens implements TokenSource {
  readonly #state: TokenState

  constructor(state: TokenState) {
    this.#state = state
    state.source = this
  }

  get connection(): string {
    return this.#state.connection
  }

  get kind(): string {
    return this.#state.grant.kind
  }

  get clock(): ClockOffset {
    return this.#state.clock
  }

  token(name: string, runtime: Runtime): Tokens | Promise<Tokens> {
    const at = heldAs(this.#state, name)
    // Nearly every call ends here, without a promise.
    if (at && runtime.now() < at.advisoryAt) return at.tokens
    return get(this.#state, name, undefined, runtime)
  }

  renew(name: string, failed: string, runtime: Runtime): Promise<boolean> {
    return renew(this.#state, name, failed, runtime)
  }

  put(answer: TokenAnswer, runtime: Runtime): Promise<TokenBundle> {
    return put(this.#state, answer, runtime)
  }

  async stored(runtime: Runtime): Promise<TokenBundle | undefined> {
    const found = await this.#state.records.read(runtime)
    return found && concealed(found.record.tokens)
  }

  remove(runtime: Runtime): Promise<TokenBundle | undefined> {
    return remove(this.#state, runtime)
  }

  async settled(): Promise<void> {
    await this.#state.flight?.catch(() => {})
  }
}

/** One refresh at a time; all who need one wait for the same. Nobody's abort ends it. */
function fly(state: TokenState, wish: RefreshWish): Promise<void> {
  state.flight ??= refresh(state, wish).finally(() => (state.flight = undefined))
  return state.flight
}

async function get(state: TokenState, name: string, failed: string | undefined, runtime: Runtime): Promise<Tokens> {
  let own = false
  for (let flights = 0; ; flights++) {
    const decision = decide(state, name, failed, runtime)
    if (decision.do === 'use') {
      // It serves; whether its successor can be had is told by events.
      if (decision.refreshSoon) fly(state, { name, failed, soon: true, runtime }).catch(() => {})
      return decision.tokens
    }
    // The vendor gives the token that it refuses, once more.
    const sameAgain = own && failed !== undefined && heldAs(state, name)?.tokens.accessToken === failed
    if (flights >= mostFlights || sameAgain) return heldAs(state, name)?.tokens ?? missing(state.connection, name)
    own = state.flight === undefined
    try {
      await fly(state, { name, failed, soon: false, runtime })
    } catch (error) {
      // Whatever kept us from a new one, the old one serves to its very end; unless its connection is at its end.
      const tokens = heldAs(state, name)?.tokens
      const living = tokens && tokens.accessToken !== failed && runtime.now() < (tokens.expiresAt ?? Infinity)
      if (living && !(error instanceof ReauthorizationRequiredError)) return tokens
      throw error
    }
  }
}

async function renew(state: TokenState, name: string, failed: string, runtime: Runtime): Promise<boolean> {
  const { grant, renewal } = state
  const before = heldAs(state, name)
  if (before && before.tokens.accessToken !== failed) return true
  if (renewal?.accessToken === failed && runtime.now() < renewal.restUntil) return false
  if (!grant.unattended && before && before.tokens.refreshToken === undefined)
    return renewedElsewhere(state, name, failed, runtime)
  const { accessToken, obtainedAt, expiresAt = Infinity } = await get(state, name, failed, runtime)
  state.renewal = { accessToken, restUntil: runtime.now() + Math.min(renewalRestMs, (expiresAt - obtainedAt) / 2) }
  return accessToken !== failed
}

/**
 * What never ends and cannot be replaced is not at its end because one answer says so; but another process may have a new login, which
 * nothing else tells.
 */
async function renewedElsewhere(state: TokenState, name: string, failed: string, runtime: Runtime): Promise<boolean> {
  const { records } = state
  try {
    adopt(state, await records.read(runtime), runtime)
  } catch {
    // The refusal says more than that the store is down.
    return false
  }
  const now = heldAs(state, name)
  return now !== undefined && now.tokens.accessToken !== failed
}

async function put(state: TokenState, answer: TokenAnswer, runtime: Runtime): Promise<TokenBundle> {
  const { records, grant, connection } = state
  const tokens = answer.read()
  await answer.validate?.()
  const record: TokenRecord = { format: 1, grantId: runtime.uuid(), tokens }
  for (;;) {
    const present = await records.read(runtime)
    const written = await records.write(present, record, runtime)
    if (!written) continue
    adopt(state, written, runtime)
    state.renewal = undefined
    const operation = grant.kind
    if (present?.record.ended) runtime.emit?.({ type: 'recovered', operation, at: runtime.now(), connection })
    return Object.fromEntries([...itemsOf(state.held)].map(({ key: name, tokens: each }) => [name, each]))
  }
}

async function remove(state: TokenState, runtime: Runtime): Promise<TokenBundle | undefined> {
  for (;;) {
    const present = await state.records.read(runtime)
    if (present && !(await state.records.erase(present, runtime))) continue
    state.kept = undefined
    state.held = undefined
    return present && concealed(present.record.tokens)
  }
}

function missing(connection: string, name: string): never {
  const message = `The connection \`${connection}\` has no token \`${name}\`: the answers hold none of that name.`
  throw new OAuthError(message, { failure: 'protocol', connection })
}

function concealed(tokens: TokenBundle): TokenBundle {
  return Object.fromEntries(Object.entries(tokens).map(([name, each]) => [name, conceal(each)]))
}
