import type { Key, Reading } from './reading.ts'
import type { SignatureScheme, Source } from './scheme.ts'

/** A vendor's webhooks, described for a receiver. */
export interface VendorWebhooks {
  readonly scheme: SignatureScheme
  /** Where the event's name is; several are joined by `.`, as in `issues.opened`. */
  readonly event: readonly Source[]
  /** Where the delivery's id is. @default the scheme's */
  readonly id?: Source
  /** What the vendor wants to hear of an event that is handled. @default 200 */
  readonly handledStatus?: number
  /** What the vendor asks an endpoint before or beside its events. */
  readonly handshakes?: readonly Handshake[]
}

/** A vendor's webhooks with the types of its events: `Events` maps the name of each event to its payload. */
export interface WebhookSource<Events extends object = Record<string, unknown>> extends VendorWebhooks {
  /** Carries the type only. */
  readonly events?: Events
}

/** What is answered to the vendor. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a handshake may look at. */
export interface HandshakeRequest {
  readonly reading: Reading
  /** The receiver's keys; the first is the current one. */
  readonly keys: readonly Key[]
  readonly values: Readonly<Record<string, string>>
}

/** A question of the vendor's that is not an event. */
export interface Handshake {
  /** Whether the question is signed as an event is, and only answered then. */
  readonly signed: boolean
  /** Gives the answer, or nothing where the request is no such question. */
  answer(request: HandshakeRequest): Answer | undefined | Promise<Answer | undefined>
}

/** Makes an answer that no browser takes for a page. */
export function answer(status: number, body = '', type = 'text/plain; charset=utf-8'): Answer {
  return { status, headers: { 'content-type': type, 'x-content-type-options': 'nosniff' }, body }
}

/** Makes an answer in JSON. */
export function jsonAnswer(value: unknown): Answer {
  return answer(200, JSON.stringify(value), 'application/json')
}
