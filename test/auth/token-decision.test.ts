import { expect, it } from 'vitest'
import { decideToken, type TokenMoment } from '../../src/auth/token-decision.ts'
import type { TokenRecord } from '../../src/auth/token-record.ts'

const tokens = { accessToken: 'a', refreshToken: 'r', obtainedAt: 0 }
const windows = { advisoryAt: 80, mandatoryAt: 95, expiresAt: 100 }
const record: TokenRecord = { format: 1, grantId: 'g', tokens: { main: tokens } }
const moment = (over: Partial<TokenMoment>): TokenMoment => ({
  name: 'main',
  record,
  tokens,
  windows,
  failed: undefined,
  unattended: false,
  owner: 'me',
  now: 0,
  ...over,
})
const leased = (until: number, owner = 'other'): TokenRecord => ({ ...record, lease: { owner, until } })
const use = { do: 'use', tokens, refreshSoon: false }

it('uses a token until its mandatory window, and wants another from the advisory one on', () => {
  expect(decideToken(moment({ now: 79 }))).toEqual(use)
  expect(decideToken(moment({ now: 80 }))).toEqual({ ...use, refreshSoon: true })
  expect(decideToken(moment({ now: 94 }))).toEqual({ ...use, refreshSoon: true })
  expect(decideToken(moment({ now: 95 }))).toEqual({ do: 'refresh' })
})

it('does not use the token that was refused, however fresh', () => {
  expect(decideToken(moment({ failed: 'a' }))).toEqual({ do: 'refresh' })
  expect(decideToken(moment({ failed: 'older' }))).toEqual(use)
})

it('uses a living token while somebody else refreshes it, and waits when it has ended', () => {
  expect(decideToken(moment({ now: 85, record: leased(120) }))).toEqual(use)
  expect(decideToken(moment({ now: 99, record: leased(120) }))).toEqual(use)
  expect(decideToken(moment({ now: 100, record: leased(120) }))).toEqual({ do: 'wait', until: 120 })
  expect(decideToken(moment({ failed: 'a', record: leased(120) }))).toEqual({ do: 'wait', until: 120 })
})

it('takes over a lease at its end, and one of its own at once', () => {
  expect(decideToken(moment({ now: 110, record: leased(111) }))).toEqual({ do: 'wait', until: 111 })
  expect(decideToken(moment({ now: 111, record: leased(111) }))).toEqual({ do: 'refresh' })
  expect(decideToken(moment({ now: 110, record: leased(120, 'me') }))).toEqual({ do: 'refresh' })
})

it('rests after a failure, and uses a living token meanwhile', () => {
  const resting = { ...record, failures: 1, retryAt: 105 }
  expect(decideToken(moment({ now: 85, record: resting }))).toEqual(use)
  expect(decideToken(moment({ now: 99, record: resting }))).toEqual(use)
  expect(decideToken(moment({ now: 104, record: resting }))).toEqual({ do: 'cool-down', retryAt: 105 })
  expect(decideToken(moment({ now: 105, record: resting }))).toEqual({ do: 'refresh' })
})

it('needs the user where there is nothing to refresh with, once the token has ended', () => {
  const alone = { ...tokens, refreshToken: undefined }
  expect(decideToken(moment({ tokens: alone, now: 99 }))).toEqual({ ...use, tokens: alone })
  expect(decideToken(moment({ tokens: alone, now: 100 }))).toEqual({ do: 'reauthorize', because: 'no-refresh-token' })
  expect(decideToken(moment({ tokens: undefined, windows: undefined }))).toEqual({
    do: 'reauthorize',
    because: 'no-tokens',
  })
  const ending = { ...tokens, refreshExpiresAt: 98 }
  expect(decideToken(moment({ tokens: ending, now: 97 }))).toEqual({ do: 'refresh' })
  expect(decideToken(moment({ tokens: ending, now: 98 }))).toEqual({ ...use, tokens: ending })
  expect(decideToken(moment({ tokens: ending, now: 100 }))).toEqual({
    do: 'reauthorize',
    because: 'refresh-token-expired',
  })
})

it('needs no user where tokens can be had without one', () => {
  expect(decideToken(moment({ unattended: true, record: undefined, tokens: undefined, windows: undefined }))).toEqual({
    do: 'refresh',
  })
})

it('says at once that a token has come to its end, and leaves the others of the connection alone', () => {
  const ended = { ...record, ended: { main: 'refused' as const } }
  expect(decideToken(moment({ record: ended }))).toEqual({ do: 'reauthorize', because: 'refused' })
  expect(decideToken(moment({ record: ended, name: 'user' }))).toEqual(use)
})
