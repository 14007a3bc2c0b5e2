import type { Runtime } from 'hawser'
import { accepts, after, firstGeneration, type Lineage, type LineageEvent, type Verdict } from './rotation.ts'
import type { Settings } from './options.ts'

/** What was agreed to: by a user, or for the client itself. */
interface Consent {
  readonly clientId: string
  /** Whom the tokens speak for. */
  readonly subject: string
  /** Separated by spaces. */
  readonly scope: string
  readonly audience?: readonly string[]
  /** Who acts for the subject. @see https://www.rfc-editor.org/rfc/rfc8693#section-4.1 */
  readonly actor?: string | undefined
  /** What the vendor calls its tokens, where it is not the usual name. */
  readonly tokenType?: string | undefined
}

/** One consent and all the tokens that descend from it: the family. */
export interface Grant extends Consent {
  readonly id: string
  /** Written by {@link Ledger.tell} only. */
  lineage: Lineage
}

/** A token that was given out. */
export interface IssuedToken {
  readonly kind: 'access' | 'refresh'
  readonly value: string
  readonly grant: Grant
  readonly generation: number
  readonly scope: string
  readonly audience: readonly string[]
  /** The key that it is bound to, by its thumbprint. @see https://www.rfc-editor.org/rfc/rfc9449#section-6.1 */
  readonly jkt: string | undefined
  /** The certificate that it is bound to, by its thumbprint. @see https://www.rfc-editor.org/rfc/rfc8705#section-3.1 */
  readonly x5t: string | undefined
  readonly issuedAt: number
  /** Milliseconds since the Unix epoch; `Infinity` where it does not expire. */
  readonly expiresAt: number
}

/** What a token may be narrowed to, below its grant. */
export type Narrowed = Partial<Pick<IssuedToken, 'scope' | 'audience' | 'jkt' | 'x5t'>>

/** All grants and tokens of one server. */
export interface Ledger {
  open(consent: Consent): Grant
  issue(kind: IssuedToken['kind'], grant: Grant, narrowed?: Narrowed): IssuedToken
  find(value: string | null | undefined): IssuedToken | undefined
  /** Whether a token is good now. */
  isLive(token: IssuedToken): boolean
  /** Tells a grant what happened to it. */
  tell(grant: Grant, event: LineageEvent): Verdict
  /** Ends one token. */
  end(token: IssuedToken): void
  /** How many grants were ended, by reuse or by request. */
  readonly revoked: number
}

/** Makes the memory of a server. */
export function newLedger(settings: Settings, runtime: Runtime): Ledger {
  const { rotation, onReuse, accessTokenMs, refreshTokenMs, refreshEndsAccessTokens } = settings
  const tokens = new Map<string, IssuedToken>()
  const ended = new Set<IssuedToken>()
  let revoked = 0

  function isCurrent({ kind, generation, grant: { lineage } }: IssuedToken): boolean {
    if (kind === 'refresh') return accepts(lineage, generation, runtime.now())
    return lineage.at === 'alive' && (!refreshEndsAccessTokens || generation === lineage.generation)
  }

  return {
    get revoked() {
      return revoked
    },
    open: (consent) => ({ ...consent, id: runtime.uuid(), lineage: firstGeneration }),
    issue(kind, grant, narrowed = {}) {
      const now = runtime.now()
      const { scope = grant.scope, audience = grant.audience ?? [], jkt, x5t } = narrowed
      const token: IssuedToken = {
        kind,
        value: `${kind}-${runtime.uuid()}`,
        grant,
        generation: grant.lineage.at === 'alive' ? grant.lineage.generation : 0,
        scope,
        audience,
        jkt,
        x5t,
        issuedAt: now,
        expiresAt: now + (kind === 'access' ? accessTokenMs : refreshTokenMs),
      }
      tokens.set(token.value, token)
      return token
    },
    find: (value) => tokens.get(value ?? ''),
    isLive: (token) => !ended.has(token) && isCurrent(token) && runtime.now() < token.expiresAt,
    tell(grant, event) {
      const [verdict, lineage] = after(grant.lineage, event, rotation, onReuse)
      if (grant.lineage.at === 'alive' && lineage.at === 'revoked') revoked++
      grant.lineage = lineage
      return verdict
    },
    end: (token) => void ended.add(token),
  }
}
