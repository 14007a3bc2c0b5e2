import { expect, it } from 'vitest'
import { Connector, bearer, type VendorProfile } from 'hawser'
import { mockVendor } from 'hawser/testing'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}
it('a stream that is being read is not ended because another call sleeps', async () => {
  using vendor = mockVendor({
    origin: 'https://vendor.test',
    respond: (r) =>
      r.url.endsWith('/stream')
        ? new Response(
            new ReadableStream({
              async start(c) {
                for (let i = 0; i < 5; i++) {
                  c.enqueue(new TextEncoder().encode('x'))
                  await new Promise((s) => setTimeout(s, 40))
                }
                c.close()
              },
            }),
          )
        : Response.json({}),
  })
  const { http } = new Vendor({ auth: bearer('t'), ...vendor.options })
  const body = await http.stream('/stream')
  const read = (async () => {
    let t = ''
    for await (const c of body) t += c
    return t
  })().catch((e: unknown) => e)
  vendor.fail(429, { headers: { 'retry-after': '50' } })
  await http.get('/other')
  expect(await read).toBe('xxxxx')
})
it('a hang that strikes a request outside the client does not make the clock jump for ever', async () => {
  using vendor = mockVendor({
    origin: 'https://vendor.test',
    respond: async () => {
      await new Promise((r) => setTimeout(r, 60))
      return Response.json({})
    },
  })
  const { http } = new Vendor({ auth: bearer('t'), retry: false, ...vendor.options })
  await http.get('/warm')
  vendor.hang()
  await fetch('https://vendor.test/outside', { signal: AbortSignal.timeout(50) }).catch(() => {})
  await expect(http.get('/x')).resolves.toEqual({})
})
it('fail(304) answers 304', async () => {
  using vendor = mockVendor({ origin: 'https://vendor.test', respond: () => Response.json({}) })
  const { http } = new Vendor({ auth: bearer('t'), ...vendor.options })
  vendor.fail(304)
  await expect(http.get('/x')).rejects.toMatchObject({ code: 'HTTP_STATUS', status: 304 })
})
it('dispose in the middle of a call, and a new vendor at once', async () => {
  for (let i = 0; i < 5; i++) {
    using vendor = mockVendor({ origin: 'https://vendor.test', respond: () => Response.json({ i }) })
    const { http } = new Vendor({ auth: bearer('t'), ...vendor.options })
    expect(await http.get('/x')).toEqual({ i })
  }
})
it('a request outside vendor.options to the same origin is answered; to others refused; loopback passes', async () => {
  using vendor = mockVendor({ origin: 'https://vendor.test', respond: () => Response.json({ ok: 1 }) })
  const { http } = new Vendor({ auth: bearer('t'), ...vendor.options })
  await http.get('/x')
  expect(await (await fetch('https://vendor.test/y')).json()).toEqual({ ok: 1 })
  await expect(fetch('https://other.invalid/y')).rejects.toThrow()
})
