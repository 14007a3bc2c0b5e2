import type { Runtime } from 'hawser'
import type { Client } from './clients.ts'
import { faultPlan, type FaultPlan } from './faults.ts'
import { newJournal, type Journal } from './journal.ts'
import { newSigningKey, type SigningKey } from './keys.ts'
import { newLedger, type Grant, type Ledger } from './ledger.ts'
import type { Settings } from './options.ts'

/** How the user answers when asked for consent. */
type Decision =
  | {
      readonly approved: true
      /** Who consents. */
      readonly subject: string
      /** What is consented to, separated by spaces. Absent: all that was asked for. */
      readonly scope?: string | undefined
    }
  | { readonly approved: false; readonly error: string }

/** What a client asks a user's consent for. */
export interface AuthorizationRequest {
  readonly client: Client
  readonly redirectUri: string
  /** Whether the request named it; then the code is exchanged only with the same one. */
  readonly redirectUriNamed: boolean
  readonly scope: string
  readonly codeChallenge: string | undefined
  readonly nonce: string | undefined
  /** The key that the code is bound to. @see https://www.rfc-editor.org/rfc/rfc9449#section-10 */
  readonly jkt: string | undefined
  /** Whether there is a refresh token in it. */
  readonly offline: boolean
}

/** An authorization code that was given out. */
interface IssuedCode {
  readonly asked: AuthorizationRequest
  readonly subject: string
  readonly scope: string
  readonly expiresAt: number
  /** What it was exchanged for. */
  grant?: Grant
}

/** A device that waits for its user. */
interface WaitingDevice {
  readonly clientId: string
  readonly userCode: string
  readonly scope: string
  readonly offline: boolean
  readonly expiresAt: number
  /** How long it has to wait between two requests. Milliseconds. */
  intervalMs: number
  /** Milliseconds since the Unix epoch. */
  mayAskAt: number
  decision?: Decision
}

/** An authorization request that was pushed. */
interface PushedRequest {
  readonly clientId: string
  readonly parameters: URLSearchParams
  readonly expiresAt: number
}

/** All that one server remembers. */
export interface ServerState {
  readonly settings: Settings
  readonly runtime: Runtime
  readonly ledger: Ledger
  readonly journal: Journal
  readonly faults: FaultPlan
  /** By the code. */
  readonly codes: Map<string, IssuedCode>
  /** By the device code. */
  readonly devices: Map<string, WaitingDevice>
  /** By the `request_uri`. */
  readonly pushed: Map<string, PushedRequest>
  /** Of DPoP, oldest first. */
  readonly nonces: { readonly value: string; readonly since: number }[]
  decision: Decision
  /** Tells whether something comes for the first time; it is remembered until it would be too old anyway. */
  once(id: string, until: number): boolean
  /** Gives what it signs with. */
  signingKey(): SigningKey
}

/** Makes the state of a server that nobody has asked yet. */
export function newState(settings: Settings): ServerState {
  const { runtime } = settings.clock
  const seen = new Map<string, number>()
  let key: SigningKey | undefined
  return {
    settings,
    runtime,
    ledger: newLedger(settings, runtime),
    journal: newJournal(),
    faults: faultPlan(settings.chaos),
    codes: new Map(),
    devices: new Map(),
    pushed: new Map(),
    nonces: [],
    decision: { approved: true, subject: 'user-1' },
    once(id, until) {
      const isNew = (seen.get(id) ?? 0) <= runtime.now()
      seen.set(id, until)
      return isNew
    },
    // Made late: an RSA key takes a tenth of a second, and most tests need none.
    signingKey: () => (key ??= newSigningKey(settings.signingAlgorithm)),
  }
}
