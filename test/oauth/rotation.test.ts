import { expect, it } from 'vitest'
import { systemRuntime, type HttpRequest } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { request } from '../support/stub.ts'
import { callback, oidc } from '../support/oidc.ts'

const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }

it('S21: refreshes a rotating connection of oidc-provider again and again, once for all who are refused at a time', async () => {
  await using server = await oidc([client])
  const app = oauthApp({
    profile: { name: 'vendor', baseUrl: server.issuer, oauth: { issuer: server.issuer, discover: true } },
    clientId: client.client_id,
    clientSecret: client.client_secret,
    redirectUri: callback,
    scopes: ['openid', 'offline_access'],
  })
  const { url } = await app.authorizationUrl({ connection: 'acme', parameters: { prompt: 'consent' } })
  await app.handleCallback(await server.browse(url))
  const start = Date.now()
  for (let turn = 1; turn <= 3; turn++) {
    // Later by more than what a token that was just got is spared.
    const runtime = { ...systemRuntime(), now: () => start + turn * 61_000 }
    const credential = app.connection('acme')
    const refused: HttpRequest = await credential.apply(request(), runtime)
    const renewed = await Promise.all(Array.from({ length: 20 }, async () => credential.renew?.(refused, runtime)))
    expect(renewed.every((each) => each === true)).toBe(true)
  }
  const used = server.tokenRequests.flatMap(({ body }) => body.get('refresh_token') ?? [])
  expect(used).toHaveLength(3)
  expect(new Set(used).size).toBe(3)
  expect(await app.introspect('acme')).toMatchObject({ active: true })
})
