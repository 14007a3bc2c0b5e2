/**
 * What becomes of a refresh token when it is used.
 *
 * - `strict`: it is good once. Used again, it counts as stolen.
 * - `grace`: as `strict`, but the newest used one stays good for `graceMs`, for whoever lost the answer.
 * - `until-first-use`: the newest used one stays good until an access token that replaced its own is used.
 * - `reusable`: it stays as it is; a refresh gives a new access token only.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2
 */
export type Rotation = 'strict' | 'until-first-use' | 'reusable' | { readonly kind: 'grace'; readonly graceMs: number }

/** What becomes of a grant when a used refresh token comes again: it ends with all its tokens, or only the request is refused. */
export type OnReuse = 'revoke-family' | 'refuse'

/** How the refresh tokens of one grant stand. Each rotation makes a new generation; within one, all tokens are equal. */
export type Lineage =
  | {
      readonly at: 'alive'
      readonly generation: number
      /** Until when the generation before is accepted too. Milliseconds since the Unix epoch. */
      readonly previousUntil: number
    }
  | { readonly at: 'revoked' }

/** What happens to a lineage. */
export type LineageEvent =
  | { readonly type: 'refresh'; readonly generation: number; readonly now: number }
  | { readonly type: 'access-token-used'; readonly generation: number }
  | { readonly type: 'revoke' }

/**
 * What an event means: `rotated` is a new generation, `reissued` one more token of the present one, `kept` the same refresh
 * token again, `reused` an alarm, `refused` a grant that has ended, `noted` nothing for the one who caused it.
 */
export type Verdict = 'rotated' | 'reissued' | 'kept' | 'reused' | 'refused' | 'noted'

/** The lineage of a grant that was just made. */
export const firstGeneration: Lineage = { at: 'alive', generation: 1, previousUntil: Number.NEGATIVE_INFINITY }

/** Gives what an event makes of a lineage, and what it means. */
export function after(
  lineage: Lineage,
  event: LineageEvent,
  rotation: Rotation,
  onReuse: OnReuse,
): readonly [verdict: Verdict, next: Lineage] {
  if (event.type === 'revoke') return ['noted', { at: 'revoked' }]
  if (lineage.at === 'revoked') return ['refused', lineage]
  const { generation } = lineage
  if (event.type === 'access-token-used') {
    const retires = rotation === 'until-first-use' && event.generation === generation
    return ['noted', retires ? { ...lineage, previousUntil: Number.NEGATIVE_INFINITY } : lineage]
  }
  if (rotation === 'reusable') return ['kept', lineage]
  if (event.generation === generation) {
    return ['rotated', { at: 'alive', generation: generation + 1, previousUntil: overlapEnd(rotation, event.now) }]
  }
  if (accepts(lineage, event.generation, event.now)) return ['reissued', lineage]
  return ['reused', onReuse === 'revoke-family' ? { at: 'revoked' } : lineage]
}

/** Tells whether a refresh token of this generation would be answered with tokens. */
export function accepts(lineage: Lineage, generation: number, now: number): boolean {
  if (lineage.at === 'revoked') return false
  return generation === lineage.generation || (generation === lineage.generation - 1 && now < lineage.previousUntil)
}

function overlapEnd(rotation: Rotation, now: number): number {
  if (rotation === 'until-first-use') return Number.POSITIVE_INFINITY
  return typeof rotation === 'object' ? now + rotation.graceMs : Number.NEGATIVE_INFINITY
}
