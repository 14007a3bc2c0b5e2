/** A vendor and the work to do with it. */
export interface Scenario {
  readonly id: string
  readonly title: string
  readonly calls: number
  readonly kind: 'fixed' | 'sliding'
  readonly perSecond: number
  /** How many calls the vendor serves at once. */
  readonly cap?: number
  /** The limit changes so long after the start. */
  readonly change?: { readonly afterMs: number; readonly perSecond: number }
  /** Calls per second of another user of the same quota. */
  readonly neighbour?: number
  /** The part of the limit that is ours. */
  readonly share?: number
  readonly headers: 'full' | 'coarse' | 'none'
}

const plain = { calls: 600, kind: 'fixed', perSecond: 100, headers: 'full' } as const

export const scenarios: readonly Scenario[] = [
  { ...plain, id: 'S1', title: '100/s' },
  { ...plain, id: 'S2', title: '100/s, 20 at once', cap: 20 },
  { ...plain, id: 'S3', title: 'S2 shared with a neighbour of 30/s', cap: 20, calls: 420, neighbour: 30, share: 0.7 },
  { ...plain, id: 'S4', title: 'sliding log 100/s, 20 at once', cap: 20, kind: 'sliding' },
  {
    ...plain,
    id: 'S5',
    title: 'S2, cut to 50/s after 2.5 s',
    cap: 20,
    calls: 400,
    change: { afterMs: 2500, perSecond: 50 },
  },
  { ...plain, id: 'S6', title: '1000/s, 100 at once', cap: 100, calls: 4000, perSecond: 1000 },
  { ...plain, id: 'S7', title: 'S2 without headers', cap: 20, headers: 'none' },
  { ...plain, id: 'S8', title: 'S2 with whole-second headers only', cap: 20, headers: 'coarse' },
]

/** The mean of the vendor's service times. Milliseconds. */
const serviceMs = 50

/** The shortest time in which all calls can be answered by one who knows everything, begun at `phase` of a second. Milliseconds. */
export function optimalMs(scenario: Scenario, phase: number): number {
  const { cap = Infinity, change, share = 1, kind } = scenario
  // Without a cap, one service time.
  const drainMs = (calls: number): number => Math.max(1, Math.ceil(calls / cap)) * serviceMs
  let left = scenario.calls
  // A sliding log has no grid: the first stretch begins with the first call.
  for (
    let start = 0;
    ;
    start = kind === 'sliding' ? start + 1000 : Math.floor(start / 1000 + phase + 1) * 1000 - phase * 1000
  ) {
    // What begins less than a service time before a change is cut by it.
    const perSecond = change && start + serviceMs > change.afterMs ? change.perSecond : scenario.perSecond
    const lastsMs = kind === 'sliding' || start > 0 ? 1000 : 1000 * (1 - phase)
    const served = Math.min(left, Math.round(perSecond * share), Math.floor((lastsMs / serviceMs) * cap))
    left -= served
    if (left <= 0) return start + drainMs(served)
  }
}
