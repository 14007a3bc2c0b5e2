import type { Limit } from './limit.ts'
import type { Window } from './window.ts'
import { fixedWindow } from './windows/fixed.ts'
import { slidingWindow } from './windows/sliding.ts'
import { tokenBucket } from './windows/token-bucket.ts'

/** Makes the window for a declared or learned limit. `share` is the part of it that this process may use. */
export function createWindow(limit: Limit, share: number): Window {
  switch (limit.kind ?? 'fixed') {
    case 'fixed':
      return fixedWindow(limit, share)
    case 'sliding':
    case 'first-call':
      return slidingWindow(limit, share)
    case 'token-bucket':
      return tokenBucket(limit, share)
    case 'leaky-bucket':
      // One at a time and the rest evenly after it: a token bucket that never holds more than one call.
      return tokenBucket({ ...limit, burst: 1 }, share)
  }
}
