// A circuit that opens, a kept answer that stands in, and a breaker opened by hand.
import { Connector, anonymous, circuitBreaker, type VendorProfile } from 'hawser'
import { mockVendor } from 'hawser/testing'

class Rates extends Connector {
  static override readonly profile: VendorProfile = { name: 'rates', baseUrl: 'https://rates.example' }
}

using vendor = mockVendor({ origin: 'https://rates.example', respond: () => Response.json({ eur: 1.08 }) })
const breaker = circuitBreaker({ openMs: 30_000 })
const rates = new Rates({
  auth: anonymous(),
  ...vendor.options,
  circuitBreaker: breaker,
  fallback: { staleIfErrorMs: 3_600_000 },
})

console.log('fresh:', await rates.http.get('/today'))
vendor.fail(503, { times: 1_000 })
for (let call = 0; call < 5; call++) await rates.http.get('/today')
const { data, response } = await rates.http.get('/today').withResponse()
console.log(
  'kept:',
  data,
  'from',
  response.staleMs,
  'ms ago;',
  vendor.requests.length,
  'requests sent before the circuit opened',
)

const reconnect = breaker.isolate()
console.log('opened by hand:', await rates.http.get('/today'))
reconnect()
