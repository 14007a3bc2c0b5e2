// One switch over everything that can go wrong.
import { anonymous, isHawserError } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor } from 'hawser/testing'

using vendor = mockVendor({
  origin: 'https://api.github.com',
  respond: () => Response.json({ message: 'Not Found' }, { status: 404, headers: { 'x-github-request-id': 'C0DE:1' } }),
})
const github = new GitHub({ auth: anonymous(), ...vendor.options })

async function explain(call: PromiseLike<unknown>): Promise<string> {
  try {
    return JSON.stringify(await call)
  } catch (error) {
    if (!isHawserError(error)) throw error
    switch (error.code) {
      case 'HTTP_STATUS':
        return `${error.status} (${error.requestId}): ${error.message}`
      case 'RATE_LIMITED':
        return `come back in ${error.retryAfterMs} ms`
      case 'TIMEOUT':
        return `too slow: ${error.limit}`
      case 'INVALID_REQUEST':
        return `nothing was sent: ${error.message}`
      default:
        return `${error.code} after ${error.attempts} attempts`
    }
  }
}

console.log(await explain(github.repos.get({ owner: 'honojs', repo: 'hono' })))
console.log(await explain(github.repos.get({ owner: '', repo: 'hono' })))
vendor.fail(403, { headers: { 'retry-after': '120' } })
console.log(await explain(github.users.me()))
vendor.reset({ times: 4 })
console.log(await explain(github.users.me()))
vendor.hang({ times: 4 })
console.log(await explain(github.users.me()))
