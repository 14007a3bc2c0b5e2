import { expect, it } from 'vitest'
import { ConfigurationError } from 'hawser'
import { signer, type SigningContext } from 'hawser/signing'
import { request } from '../support/stub.ts'
import { failure, signed } from './signed.ts'

it('signs with a function of the user’s own, and gives it time and chance', async () => {
  const contexts: SigningContext[] = []
  const own = signer({
    kind: 'own',
    clock: () => 42,
    sign: (given, context) => {
      contexts.push(context)
      return { ...given, headers: { 'x-sign': `${context.nowMs}` }, secrets: ['s'] }
    },
  })
  expect(await signed(own, request())).toMatchObject({ headers: { 'x-sign': '42' }, secrets: ['s'] })
  expect(own.kind).toBe('own')
  expect(own.renew).toBeUndefined()
  const [context] = contexts
  expect(context?.uuid()).toMatch(/^[\da-f-]{36}$/)
  expect(context?.uuid()).not.toBe(context?.uuid())
})

it('tells the time of the process where nobody else does', async () => {
  const times: number[] = []
  const since = Date.now()
  const own = signer({ kind: 'own', sign: (given, { nowMs }) => (times.push(nowMs), given) })
  await signed(own, request())
  expect(times[0]).toBeGreaterThanOrEqual(since)
  expect(times[0]).toBeLessThanOrEqual(Date.now())
})

it('renews as the user says', async () => {
  const own = signer({ kind: 'own', sign: async (given) => given, renew: async () => true })
  expect(await own.renew?.(request())).toBe(true)
})

it('refuses what is no signer', async () => {
  const sign = (given: unknown): unknown => given
  for (const options of [
    undefined,
    {},
    { kind: 'x' },
    { kind: 'x', sign: 'y' },
    { kind: 'x', sign, key: 'k' },
    { sign },
  ]) {
    expect(await failure(() => signer(options as never))).toBeInstanceOf(ConfigurationError)
  }
})
