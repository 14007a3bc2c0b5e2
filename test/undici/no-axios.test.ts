import { createServer } from 'node:http'
import { once } from 'node:events'
import { anonymous, Connector, type VendorProfile } from 'hawser'
import { undiciTransport } from 'hawser/undici'
import { afterEach, expect, it, vi } from 'vitest'

const loaded = vi.hoisted((): string[] => [])
vi.mock('axios', async (original) => {
  loaded.push('axios')
  return original()
})

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}

const server = createServer((_, response) => response.end('{"ok":true}'))
afterEach(() => server.close())

it('loads no axios for a client whose transport is undici, and loads it with the first call of another', async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const fast = new Vendor({ auth: anonymous(), baseUrl, transport: undiciTransport() })
  expect(await fast.http.get('/')).toEqual({ ok: true })
  fast.close()
  expect(loaded).toEqual([])

  const standard = new Vendor({ auth: anonymous(), baseUrl })
  expect(loaded).toEqual([])
  expect(await standard.http.get('/')).toEqual({ ok: true })
  standard.close()
  expect(loaded).toEqual(['axios'])
})
