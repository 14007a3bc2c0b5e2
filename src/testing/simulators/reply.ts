/** What a vendor says when it refuses; `defineSimulator` writes it in the vendor's form. */
export interface SimulatedFailure {
  readonly status: number
  readonly message: string
  /** The vendor's own code, such as `missing_field`. */
  readonly code?: string
  /** What else the vendor's error bodies hold. */
  readonly details?: unknown
}

/** A value in JSON. */
export interface JsonReply {
  readonly json: unknown
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A failure in the vendor's form. */
export interface FailureReply {
  readonly failure: SimulatedFailure
  readonly headers?: Readonly<Record<string, string>>
}

/** What a route answers: a value, a failure, or a response made by hand. */
export type Reply = JsonReply | FailureReply | Response

/** Makes a failure. */
export function refuse(status: number, message: string, code?: string, details?: unknown): FailureReply {
  return {
    failure: { status, message, ...(code !== undefined && { code }), ...(details !== undefined && { details }) },
  }
}
