// A test of code that calls GitHub: MSW underneath, the real stack on top, no network, no real time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor } from 'hawser/testing'

await test('an issue is created once, however often the vendor stumbles', async () => {
  const vendor = mockVendor({
    origin: 'https://api.github.com',
    respond: () => Response.json({ number: 7 }, { status: 201 }),
  })
  vendor.fail(429, { times: 2, headers: { 'retry-after': '20' } })
  const github = new GitHub({ auth: bearer('t'), ...vendor.options })

  const { number } = await github.issues.create({ owner: 'o', repo: 'r', title: 'It works' })

  assert.equal(number, 7)
  assert.deepEqual(vendor.clock.slept, [20_000, 20_000])
  assert.equal(vendor.requests.length, 3)
  vendor[Symbol.dispose]()
})
