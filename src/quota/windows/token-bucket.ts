import type { Limit } from '../limit.ts'
import type { Standing, Told, Window, WindowState } from '../window.ts'
import { createHeadroom } from './headroom.ts'

/**
 * A store of units that fills evenly, up to `burst`. A cost above the burst waits for a full bucket and leaves a debt.
 *
 * Time counts as the vendor's does only if it is never counted twice: `at` is the moment up to which units came back.
 */
export function tokenBucket(declared: Limit, share: number): Window {
  return new TokenBucket(declared, share)
}

// A class, as every connection may have one: functions of its own would take 700 of its 1,100 bytes.
class TokenBucket implements Window {
  readonly kind: 'leaky-bucket' | 'token-bucket'
  readonly windowMs: number
  readonly #declaredBurst: number | undefined
  readonly #share: number
  readonly #headroom = createHeadroom()
  #total: number
  #perMs: number
  #capacity: number
  #tokens: number
  #at = -Infinity
  /** All that was ever charged. */
  #charged = 0

  constructor({ kind, windowMs, limit, burst }: Limit, share: number) {
    this.kind = kind === 'leaky-bucket' ? 'leaky-bucket' : 'token-bucket'
    this.windowMs = windowMs
    this.#declaredBurst = burst
    this.#share = share
    this.#total = limit
    this.#perMs = (limit * share) / windowMs
    this.#capacity = this.#shareOf(burst ?? limit)
    this.#tokens = this.#capacity
  }

  waitMs(cost: number, now: number): number {
    this.#fill(now)
    return this.#msUntil(Math.min(cost, this.#capacity))
  }

  projectMs(cost: number, now: number): number {
    this.#fill(now)
    return this.#msUntil(cost)
  }

  take(cost: number, now: number): number {
    this.#fill(now)
    this.#tokens -= cost
    this.#charged += cost
    return this.#charged
  }

  settle(): void {}

  correct(difference: number, _chargedAt: number, mark: number): void {
    this.#tokens += difference < 0 ? this.#headroom.giveBack(-difference, mark) : -difference
    // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
    this.#charged += Math.max(0, difference)
  }

  learn({ limit, remaining }: Told, { now, mark, idle }: Standing): void {
    this.#fill(now)
    if (limit !== undefined && (limit < this.#total || (limit > this.#total && idle && remaining !== undefined))) {
      this.#total = limit
      if (this.#declaredBurst === undefined) this.#capacity = this.#shareOf(limit)
      this.#perMs = (limit * this.#share) / this.windowMs
    }
    if (remaining === undefined) return
    // With a share, the vendor's store holds what is left to others too. When it counted, nobody tells: what came back
    // since then is left out.
    const toOthers = Math.floor((this.#declaredBurst ?? this.#total) * (1 - this.#share))
    const known = remaining - toOthers - (this.#charged - mark)
    this.#tokens = Math.min(this.#capacity, this.#headroom.adopt(known, this.#tokens, mark, idle))
  }

  refused(_chargedAt: number, now: number): number {
    this.#fill(now)
    this.#tokens = Math.min(this.#tokens, 0)
    return now + this.#msUntil(1)
  }

  state(now: number): WindowState {
    this.#fill(now)
    const remaining = Math.max(0, Math.floor(this.#tokens))
    if (this.#tokens >= this.#capacity) return { limit: this.#total, remaining }
    return { limit: this.#total, remaining, resetsAt: this.#at + this.#msUntil(this.#capacity) }
  }

  #shareOf(units: number): number {
    return Math.max(1, Math.floor(units * this.#share))
  }

  #fill(now: number): void {
    if (this.#at === -Infinity) this.#at = now
    if (now <= this.#at) return
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
    this.#headroom.note(this.#charged, this.#capacity - this.#tokens)
  }

  #msUntil(need: number): number {
    // Sums of fractions come out a hair below the whole they stand for.
    return Math.max(0, Math.ceil((need - this.#tokens - 1e-9) / this.#perMs))
  }
}
