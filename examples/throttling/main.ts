/** Sends 60 calls to a vendor that allows 20 a second and says so only in its answers, ten writes among them: `node --import tsx examples/throttling/main.ts`. */
import { createServer } from 'node:http'
import { axiosTransport, retry, stack, systemRuntime, throttle, withListener, xRateLimit } from 'hawser'

let second = 0
let used = 0
const vendor = createServer((_request, response) => {
  const now = Math.floor(Date.now() / 1000)
  if (now > second) [second, used] = [now, 0]
  response.statusCode = ++used > 20 ? 429 : 200
  response.setHeader('x-ratelimit-limit', 20)
  response.setHeader('x-ratelimit-remaining', Math.max(0, 20 - used))
  response.setHeader('x-ratelimit-reset', now + 1)
  response.end('{}')
})
await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve))
const address = vendor.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`

// Of writes the vendor takes 5 in a second, and says so in its documentation alone. Reads do not wait for them.
const gate = throttle({
  reader: xRateLimit({ reset: 'epoch-seconds', windowMs: 1000 }),
  limits: [{ name: 'writes', limit: 5, windowMs: 1000, kind: 'sliding', counts: 'writes' }],
})
const runtime = withListener(systemRuntime(), (event) => {
  if (event.type === 'quota' || event.type === 'pause') console.log(event)
})
const transport = axiosTransport()
const send = stack([retry(), gate], transport, runtime)
const statuses = await Promise.all(
  Array.from({ length: 60 }, async (_, index) => {
    const method = index < 10 ? 'POST' : 'GET'
    const { status } = await send({ method, url, headers: {}, operation: `${method} /`, idempotent: method === 'GET' })
    return status
  }),
)
console.log(`${statuses.filter((status) => status === 200).length} of ${statuses.length} served`)
console.log(gate.quota())
transport.close?.()
vendor.close()
