import fc from 'fast-check'
import { expect, it } from 'vitest'
import { OAuthError, memoryTokenStore, tokenSource, type Grant, type TokenSource, type TokenStore } from 'hawser'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { answerOf } from './scripted-grant.ts'

const lifeMs = 100_000

/** A vendor that takes each refresh token once, and ends the connection when one comes again. */
interface StrictVendor {
  readonly grant: Grant
  current: string
  issued: number
  reused: number
  parallel: number
  mostParallel: number
}

/** `delays` and `failures` are drawn: how long each request takes, and whether it is refused before anything is done. */
function strictVendor(delays: readonly number[], failures: readonly boolean[]): StrictVendor {
  let asked = 0
  const vendor: StrictVendor = {
    current: 'refresh-0',
    issued: 0,
    reused: 0,
    parallel: 0,
    mostParallel: 0,
    grant: {
      kind: 'refresh_token',
      unattended: false,
      async obtain({ current, runtime }) {
        const turn = asked++
        vendor.mostParallel = Math.max(vendor.mostParallel, ++vendor.parallel)
        await runtime.sleep(delays[turn % delays.length] ?? 0)
        vendor.parallel--
        if (failures[turn % failures.length]) throw new OAuthError('It is down.', { failure: 'retry' })
        if (current?.refreshToken !== vendor.current) {
          vendor.reused++
          throw new OAuthError('It came again.', { failure: 'reauthorize' })
        }
        vendor.current = `refresh-${++vendor.issued}`
        const obtainedAt = runtime.now()
        const accessToken = `access-${vendor.issued}`
        return answerOf({ accessToken, refreshToken: vendor.current, obtainedAt, expiresAt: obtainedAt + lifeMs })
      },
    },
  }
  return vendor
}

/** A store as far away as a database. */
function distant(store: TokenStore, clock: FakeClock, delays: readonly number[]): TokenStore {
  let turn = 0
  const travel = (): Promise<void> => clock.runtime.sleep(delays[turn++ % delays.length] ?? 0)
  return {
    async get(key) {
      await travel()
      const value = await store.get(key)
      await travel()
      return value
    },
    async compareAndSwap(key, expected, next) {
      await travel()
      const swapped = await store.compareAndSwap(key, expected, next)
      await travel()
      return swapped
    },
  }
}

const delays = (most: number): fc.Arbitrary<number[]> => fc.array(fc.nat(most), { minLength: 1, maxLength: 8 })

it('S21, S22, S23: whatever the delays, no process uses a refresh token that another has used', async () => {
  await fc.assert(
    fc.asyncProperty(
      delays(15_000),
      delays(2_000),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
      fc.array(fc.record({ process: fc.nat(3), waitMs: fc.nat(lifeMs), refused: fc.boolean() }), {
        minLength: 1,
        maxLength: 25,
      }),
      async (vendorDelays, storeDelays, failures, calls) => {
        const clock = fakeClock()
        const vendor = strictVendor(vendorDelays, failures)
        const store = memoryTokenStore()
        const far = distant(store, clock, storeDelays)
        const processes: readonly TokenSource[] = Array.from({ length: 4 }, () =>
          tokenSource({ connection: 'acme', grant: vendor.grant, store: far }),
        )
        const near = tokenSource({ connection: 'acme', grant: vendor.grant, store })
        const first = { accessToken: 'access-0', refreshToken: 'refresh-0', obtainedAt: clock.now }
        await near.put(answerOf({ ...first, expiresAt: clock.now + lifeMs }), clock.runtime)

        const made = calls.map(async ({ process, waitMs, refused }, turn) => {
          await clock.runtime.sleep(turn * 1000 + waitMs)
          const source = processes[process]
          if (!source) return
          try {
            const { accessToken } = await source.token('main', clock.runtime)
            // What is seen is stored: another process may come to an end at any moment.
            const stored = (await store.get('acme'))?.value ?? ''
            const newest = Number(/access-(\d+)/.exec(stored)?.[1])
            expect(newest).toBeGreaterThanOrEqual(Number(accessToken.slice('access-'.length)))
            if (refused) await source.renew('main', accessToken, clock.runtime)
          } catch (error) {
            expect(error).toMatchObject({ code: 'OAUTH', failure: 'retry' })
          }
        })
        await Promise.all(made)
        await Promise.all(processes.map((source) => source.settled()))
        expect(vendor).toMatchObject({ reused: 0 })
        expect(vendor.mostParallel).toBeLessThanOrEqual(1)
        expect((await near.stored(clock.runtime))?.['main']?.refreshToken).toBe(vendor.current)
        expect(clock.events.filter(({ type }) => type === 'reauthorize')).toEqual([])
      },
    ),
    { numRuns: 150 },
  )
})
