import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  accepts,
  after,
  firstGeneration,
  type Lineage,
  type LineageEvent,
  type Rotation,
} from '../../../src/testing/authorization-server/rotation.ts'

const never = Number.NEGATIVE_INFINITY
const alive = (generation: number, previousUntil = never): Lineage => ({ at: 'alive', generation, previousUntil })
const refresh = (generation: number, now = 0): LineageEvent => ({ type: 'refresh', generation, now })
const used = (generation: number): LineageEvent => ({ type: 'access-token-used', generation })
const revoked: Lineage = { at: 'revoked' }
const grace: Rotation = { kind: 'grace', graceMs: 100 }

it.each<[string, Rotation, Lineage, LineageEvent, ReturnType<typeof after>]>([
  ['strict: the present one rotates', 'strict', alive(1), refresh(1), ['rotated', alive(2)]],
  ['strict: a used one ends the family', 'strict', alive(2), refresh(1), ['reused', revoked]],
  ['strict: a use of an access token changes nothing', 'strict', alive(2), used(2), ['noted', alive(2)]],
  ['grace: the present one rotates and stays a while', grace, alive(1), refresh(1, 1000), ['rotated', alive(2, 1100)]],
  [
    'grace: the used one works to the last millisecond',
    grace,
    alive(2, 1100),
    refresh(1, 1099),
    ['reissued', alive(2, 1100)],
  ],
  ['grace: it ends with the time', grace, alive(2, 1100), refresh(1, 1100), ['reused', revoked]],
  ['grace: the one before the last is reuse at once', grace, alive(3, 1100), refresh(1, 1000), ['reused', revoked]],
  ['grace: a use does not shorten it', grace, alive(2, 1100), used(2), ['noted', alive(2, 1100)]],
  [
    'first use: it rotates, and the used one stays',
    'until-first-use',
    alive(1),
    refresh(1),
    ['rotated', alive(2, Infinity)],
  ],
  [
    'first use: the used one works again',
    'until-first-use',
    alive(2, Infinity),
    refresh(1, 1e15),
    ['reissued', alive(2, Infinity)],
  ],
  [
    'first use: a use of the new access token ends it',
    'until-first-use',
    alive(2, Infinity),
    used(2),
    ['noted', alive(2)],
  ],
  [
    'first use: a use of an old access token does not',
    'until-first-use',
    alive(2, Infinity),
    used(1),
    ['noted', alive(2, Infinity)],
  ],
  ['first use: after it, the used one is reuse', 'until-first-use', alive(2), refresh(1), ['reused', revoked]],
  ['first use: the next refresh ends it too', 'until-first-use', alive(3, Infinity), refresh(1), ['reused', revoked]],
  ['reusable: it stays', 'reusable', alive(1), refresh(1), ['kept', alive(1)]],
  ['a revoked family refuses a refresh', 'strict', revoked, refresh(1), ['refused', revoked]],
  ['a revoked family refuses a refresh of one that is reusable', 'reusable', revoked, refresh(1), ['refused', revoked]],
  ['a revoked family stays so when a token is used', 'until-first-use', revoked, used(1), ['refused', revoked]],
  ['revocation ends a family', 'strict', alive(2), { type: 'revoke' }, ['noted', revoked]],
  ['revocation ends one only', 'strict', revoked, { type: 'revoke' }, ['noted', revoked]],
])('%s', (_, rotation, lineage, event, expected) => {
  expect(after(lineage, event, rotation, 'revoke-family')).toEqual(expected)
})

it('keeps the family alive at reuse where it is told to refuse only', () => {
  expect(after(alive(2), refresh(1), 'strict', 'refuse')).toEqual(['reused', alive(2)])
})

it('never lets more than two generations live, whatever happens, and none after a revocation', () => {
  const event = fc.oneof(
    fc.record({ type: fc.constant('refresh' as const), generation: fc.integer({ min: 1, max: 6 }), now: fc.nat(300) }),
    fc.record({ type: fc.constant('access-token-used' as const), generation: fc.integer({ min: 1, max: 6 }) }),
  )
  const rotation = fc.constantFrom<Rotation>('strict', 'until-first-use', grace)
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), rotation, (events, by) => {
      let lineage: Lineage = firstGeneration
      for (const one of events) {
        ;[, lineage] = after(lineage, one, by, 'revoke-family')
        const good = [1, 2, 3, 4, 5, 6, 7].filter((generation) => accepts(lineage, generation, 0))
        if (lineage.at === 'revoked') expect(good).toEqual([])
        else expect(good.length).toBeLessThanOrEqual(by === 'strict' ? 1 : 2)
      }
      ;[, lineage] = after(lineage, { type: 'revoke' }, by, 'refuse')
      expect(accepts(lineage, 1, 0)).toBe(false)
    }),
  )
})
