import type { Runtime } from 'hawser'
import type { FaultPlan } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Grant, Ledger } from './ledger.ts'
import type { RegisteredClient, Settings } from './options.ts'

/** How the user answers when asked for consent. */
export type Decision =
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
  readonly client: RegisteredClient
  readonly redirectUri: string
  /** Whether the request named it; then the code is exchanged only with the same one. */
  readonly redirectUriNamed: boolean
  readonly scope: string
  readonly codeChallenge: string
  readonly nonce: string | undefined
}

/** An authorization code that was given out. */
export interface IssuedCode {
  readonly asked: AuthorizationRequest
  readonly subject: string
  readonly scope: string
  readonly expiresAt: number
  /** What it was exchanged for. */
  grant?: Grant
}

/** All that one server remembers. */
export interface ServerState {
  readonly settings: Settings
  readonly runtime: Runtime
  readonly ledger: Ledger
  readonly journal: Journal
  readonly faults: FaultPlan
  readonly codes: Map<string, IssuedCode>
  decision: Decision
}
