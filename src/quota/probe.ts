/**
 * How a rate is found that nobody states.
 *
 * `scout`: one call goes ahead to see whether an answer tells the limit. `open`: no pace is kept until a refusal.
 * `ramp`: every success adds to the pace, which doubles it again and again. `hold`: a refusal was seen; the pace grows
 * by a constant each second and falls by a part at each refusal.
 */
export type Probe =
  | { readonly at: 'scout' }
  | { readonly at: 'open' }
  | { readonly at: 'ramp'; readonly perSecond: number }
  | { readonly at: 'hold'; readonly perSecond: number }

/** What a probe learns from. `lately`: how many calls went well within the last second. */
export type ProbeInput =
  { readonly type: 'success'; readonly startPerSecond: number } | { readonly type: 'refusal'; readonly lately: number }

const rampStep = 2
const holdStep = 2
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
  if (probe.at === 'ramp') return { at: 'hold', perSecond: Math.max(leastPerSecond, probe.perSecond / 2) }
  if (probe.at === 'hold') return { at: 'hold', perSecond: Math.max(leastPerSecond, probe.perSecond * 0.85) }
  return { at: 'hold', perSecond: Math.max(1, input.lately * 0.85) }
}
