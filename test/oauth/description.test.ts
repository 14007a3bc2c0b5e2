import { expect, it } from 'vitest'
import { authenticate, stack } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { request, response } from '../support/stub.ts'

it('S34: shortens what a server says of a refusal, and blanks what it repeats of the program’s secret', async () => {
  const clientSecret = 'canary-secret-of-the-client'
  const description = `The secret ${clientSecret} is wrong. ${'Really. '.repeat(2_000)}`
  const { runtime } = fakeClock()
  const app = oauthApp({
    profile: { name: 'vendor', baseUrl: 'https://vendor.test', oauth: { tokenUrl: 'https://vendor.test/token' } },
    clientId: 'client',
    clientSecret,
    runtime,
    transport: async () =>
      response(
        400,
        { 'content-type': 'application/json' },
        JSON.stringify({ error: 'invalid_scope', error_description: description }),
      ),
  })
  const send = stack(
    [authenticate({ credential: app.clientCredentials(), origins: ['https://vendor.test'] })],
    async () => response(),
    runtime,
  )
  const failure = await send(request()).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'OAUTH', failure: 'configuration', oauthCode: 'invalid_scope' })
  expect(String(failure)).not.toContain('canary')
  expect(String(failure).length).toBeLessThan(600)
})
