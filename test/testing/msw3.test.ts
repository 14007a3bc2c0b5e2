import { expect, it, vi } from 'vitest'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { githubSimulator, mockVendor } from 'hawser/testing'
import { paritySuite } from './parity.suite.ts'

vi.mock('msw', () => import('msw3'))
vi.mock('msw/node', () => import('msw3/node'))

// MSW 3 asks for Node 22, for this one function only; on Node 20 it does the same with it as on 22.
vi.hoisted(() => {
  Reflect.set(Promise, 'withResolvers', function withResolvers() {
    let settle: object = {}
    const promise = new Promise((resolve, reject) => (settle = { resolve, reject }))
    return { promise, ...settle }
  })
})

paritySuite({ 'msw 3': () => ({ front: 'msw' }) })

it('refuses on MSW 3 too what no simulator answers, .json addresses and every method included', async () => {
  using vendor = mockVendor(githubSimulator())
  const { http } = new GitHub({ auth: bearer('t'), ...vendor.options })
  await expect(http.delete('/tickets/1.json')).rejects.toThrow('No simulator answers DELETE')
  await expect(fetch('https://elsewhere.test/export.csv')).rejects.toThrow()
  expect(vendor.requests).toHaveLength(1)
})

it('keeps two vendors apart on MSW 3', async () => {
  const at = 'https://api.github.com'
  using one = mockVendor({ origin: at, respond: () => Response.json({ login: 'one' }) })
  using two = mockVendor({ origin: at, respond: () => Response.json({ login: 'two' }) })
  const calls = [one, two, one, two].map((vendor) => new GitHub({ auth: bearer('t'), ...vendor.options }).users.me())
  expect((await Promise.all(calls)).map(({ login }) => login)).toEqual(['one', 'two', 'one', 'two'])
})
