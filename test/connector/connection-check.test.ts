import { expect, it } from 'vitest'
import { Connector, anonymous, bearer, type VendorProfile } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'tracker',
    baseUrl: 'https://tracker.test',
    probe: { route: 'GET /me', identity: 'account.id' },
  }
}
const answering = (respond: () => Response): MockVendor => mockVendor({ origin: 'https://tracker.test', respond })
const client = (vendor: MockVendor, more: object = {}): Tracker =>
  new Tracker({ auth: bearer('t'), retry: false, ...vendor.options, ...more })

it('says whom the credential stands for, by one read', async () => {
  using vendor = answering(() => Response.json({ account: { id: 42 } }))
  expect(await client(vendor).check()).toEqual({ ok: true, identity: '42' })
  expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET https://tracker.test/me'])
  using silent = answering(() => Response.json({}))
  expect(await client(silent).check()).toEqual({ ok: true })
})

it('says what is wrong, and does not reject', async () => {
  const cases: readonly (readonly [string, Response])[] = [
    ['credential', new Response('{}', { status: 401 })],
    ['permission', new Response('{}', { status: 403 })],
    ['throttled', new Response('{}', { status: 429 })],
    ['vendor', new Response('{}', { status: 503 })],
    ['vendor', new Response('{}', { status: 404 })],
    ['vendor', new Response('<html>Welcome to the hotel</html>')],
    ['vendor', Response.redirect('https://login.test/', 302)],
  ]
  for (const [because, response] of cases) {
    using vendor = answering(() => response)
    expect(await client(vendor).check()).toMatchObject({ ok: false, because, error: { vendor: 'tracker' } })
  }
})

it('says that there was no answer', async () => {
  using vendor = answering(() => Response.json({}))
  vendor.reset()
  expect(await client(vendor).check()).toMatchObject({ ok: false, because: 'unreachable', error: { code: 'NETWORK' } })
  vendor.hang()
  expect(await client(vendor).check({ deadlineMs: 2_000, attemptTimeoutMs: 2_000 })).toMatchObject({
    ok: false,
    because: 'unreachable',
    error: { code: 'TIMEOUT' },
  })
})

it('goes through the whole stack', async () => {
  using vendor = answering(() => Response.json({ account: { id: 'a' } }))
  vendor.fail(503, { headers: { 'retry-after': '3' } })
  expect(await client(vendor, { retry: {} }).check()).toEqual({ ok: true, identity: 'a' })
  expect(vendor.clock.slept).toEqual([3_000])
})

it('rejects for the program’s own mistakes and wishes', async () => {
  using vendor = answering(() => Response.json({}))
  await expect(client(vendor).check({ deadlineMs: -1 })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  await expect(client(vendor).check({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' })
  class Bare extends Connector {
    static override readonly profile: VendorProfile = { name: 'bare', baseUrl: 'https://tracker.test' }
  }
  await expect(new Bare({ auth: anonymous(), ...vendor.options }).check()).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringContaining('`probe`'),
  })
  expect(vendor.requests).toEqual([])
})

it('tests a connection to GitHub with a read that is free', async () => {
  using vendor = mockVendor({ origin: 'https://api.github.com', respond: () => Response.json({ resources: {} }) })
  expect(await new GitHub({ auth: bearer('t'), ...vendor.options }).check()).toEqual({ ok: true })
  expect(vendor.requests[0]?.url).toBe('https://api.github.com/rate_limit')
})
