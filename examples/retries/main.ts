// What is sent again, what is not, and why.
import { Connector, anonymous, isHawserError, type VendorProfile } from 'hawser'
import { mockVendor } from 'hawser/testing'

class Ledger extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'ledger',
    baseUrl: 'https://ledger.example',
    idempotency: { header: 'Idempotency-Key' },
  }
}
class OldLedger extends Connector {
  static override readonly profile: VendorProfile = { name: 'old-ledger', baseUrl: 'https://ledger.example' }
}

using vendor = mockVendor({ origin: 'https://ledger.example', respond: () => Response.json({ booked: true }) })
const options = { auth: anonymous(), ...vendor.options }

vendor.fail(503, { times: 2, headers: { 'retry-after': '20' } })
console.log(
  await new Ledger(options).http.post('/entries', { json: { amount: 5 } }),
  'after waits of',
  vendor.clock.slept.join(' and '),
  'ms',
)

vendor.fail(503)
const refused: unknown = await new OldLedger(options).http
  .post('/entries', { json: { amount: 5 } })
  .catch((error: unknown) => error)
if (isHawserError(refused))
  console.log('a vendor without idempotency keys:', refused.attempts, 'attempt,', refused.retryStop)

vendor.fail(429, { headers: { 'retry-after': '3600' } })
const throttled: unknown = await new Ledger(options).http.get('/entries').catch((error: unknown) => error)
if (isHawserError(throttled))
  console.log('an hour does not fit into a minute:', throttled.code, throttled.retryAfterMs, 'ms,', throttled.retryStop)
