/** What the vendor says of one window, with its moments in local time. */
export interface Told {
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  /** When the window ends. Milliseconds since the Unix epoch, on the local clock. */
  readonly resetsAt?: number | undefined
  /** How many calls at once the vendor is sure to serve, whatever its cap is. */
  readonly servesAtOnce?: number | undefined
  /** How many calls at once it takes to use a quota up before it expires. */
  readonly wantsAtOnce?: number | undefined
  /** How far `resetsAt` may be off, because the vendor rounds. Milliseconds. */
  readonly precisionMs: number
}

/** What a window is told together with: how its own count stood. */
export interface Standing {
  readonly now: number
  /** When the answered call was charged. */
  readonly chargedAt: number
  readonly cost: number
  /** What it was charged before its real cost was known. */
  readonly asked: number
  /** What {@link Window.take} returned for the answered call. */
  readonly mark: number
  /** No call is under way, so that the vendor's figure is the whole truth. */
  readonly idle: boolean
}

/** What a window looks like at a moment. */
export interface WindowState {
  /** Absent while no limit is known. */
  readonly limit?: number
  /** How much may still be used now, the part left to others taken off. */
  readonly remaining: number
  /** When all of it is back. Milliseconds since the Unix epoch; absent while nothing is used or nobody said. */
  readonly resetsAt?: number
}

/** One limit's count. Knows when more fits; does not know who waits. */
export interface Window {
  readonly kind: string
  /** How long it lasts, as far as is known; 0 where it has no end. Milliseconds. */
  readonly windowMs: number
  /** How long until `cost` more may be used. 0: now; `Infinity`: as soon as a call under way ends. Milliseconds. */
  waitMs(cost: number, now: number): number
  /** How long until `cost` in all is through, however many windows it takes. Milliseconds. */
  projectMs(cost: number, now: number): number
  /** Charges a call. Returns a mark of the count, by which the vendor's figure in the answer is understood later. */
  take(cost: number, now: number): number
  /**
   * A call ended: what was charged at `chargedAt` had reached the vendor some time before `answeredAt`. `quickestMs` is the
   * shortest answer so far, 0 while there is none.
   */
  settle(cost: number, chargedAt: number, mark: number, answeredAt: number, quickestMs: number): void
  /** Charges a call under way more, or gives back, once its real cost is known. */
  correct(difference: number, chargedAt: number, mark: number): void
  /** Takes over what the vendor says: less at once, more only where it cannot be a stale figure. */
  learn(told: Told, standing: Standing): void
  /**
   * The vendor refused though there was room by this count. Returns when there is room again, if it knows. `toldAt`: when that is by
   * the vendor's own word.
   */
  refused(chargedAt: number, now: number, mark: number, toldAt?: number): number | undefined
  state(now: number): WindowState
}
