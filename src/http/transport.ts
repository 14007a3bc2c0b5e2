import type { PolicySettings, Send } from './policy.ts'

/** The end of the stack: puts one request on the wire. */
export interface Transport extends Send {
  /** What `describe()` shows. */
  readonly settings?: PolicySettings
  /** Closes idle connections. */
  close?(): void
}
