/**
 * How a rate is found that nobody states.
 *
 * `scout`: one call goes ahead to see whether an answer tells the limit. `open`: no pace is kept until a refusal.
 * `ramp`: every success adds to the pace, which doubles it again and again. `hold`: a refusal was seen; the pace grows by
 * a constant each second, and a refusal sets it to what was really served.
 */
export type Probe =
  | { readonly at: 'scout' }
  | { readonly at: 'open' }
  | { readonly at: 'ramp'; readonly perSecond: number }
  | { readonly at: 'hold'; readonly perSecond: number }

/** What a probe learns from. `served`: the calls per second that went well before the refusal. */
export type ProbeInput =
  { readonly type: 'success'; readonly startPerSecond: number } | { readonly type: 'refusal'; readonly served: number }

const rampStep = 4
const holdStep = 8
const leastPerSecond = 0.1

/** Gives the next state. */
export function stepProbe(probe: Probe, input: ProbeInput): Probe {
  if (input.type === 'success') {
    if (probe.at === 'scout') return { at: 'ramp', perSecond: input.startPerSecond }
    if (probe.at === 'ramp') return { at: 'ramp', perSecond: probe.perSecond + rampStep }
    // A success comes about `perSecond` times a second, so this adds `holdStep` in each.
    if (probe.at === 'hold') return { at: 'hold', perSecond: probe.perSecond + holdStep / Math.max(1, probe.perSecond) }
    return probe
  }
  const half = 'perSecond' in probe ? probe.perSecond / 2 : 1
  return { at: 'hold', perSecond: Math.max(leastPerSecond, input.served > 0 ? input.served : half) }
}
