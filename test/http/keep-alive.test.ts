import { once } from 'node:events'
import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { axiosTransport, type HttpRequest } from 'hawser'
import { expect, it, vi } from 'vitest'

it('sets one keep-alive time on a connection, so that the system is told once and not twice for each request', async () => {
  const set = vi.spyOn(Socket.prototype, 'setKeepAlive')
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const send = axiosTransport()
  const request: HttpRequest = { method: 'GET', url, headers: {}, operation: 'GET /', idempotent: true }
  for (let left = 3; left > 0; left--) await send(request)
  send.close?.()
  server.close()
  const times = new Set(set.mock.calls.map(([, initialDelayMs]) => initialDelayMs))
  set.mockRestore()
  expect(times).toEqual(new Set([60_000]))
})
