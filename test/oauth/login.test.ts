import { expect, it } from 'vitest'
import { Connector, type VendorProfile } from 'hawser'
import { oauthApp, type OAuthApp, type OAuthAppOptions } from 'hawser/oauth'
import { callback, oidc, type Oidc } from '../support/oidc.ts'

const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }
const profileOf = ({ issuer }: Oidc): VendorProfile => ({ name: 'vendor', baseUrl: issuer, oauth: { issuer, discover: true } })
const appOf = (server: Oidc, over: Partial<OAuthAppOptions> = {}): OAuthApp =>
  oauthApp({
    profile: profileOf(server),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    redirectUri: callback,
    scopes: ['openid', 'offline_access', 'api:read'],
    ...over,
  })

it('logs a user in with a code, and asks the API in their name', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  const { url } = await app.authorizationUrl({ connection: 'acme', binding: 'session-1', returnTo: '/done', parameters: { prompt: 'consent' } })
  const came = await server.browse(url)
  const login = await app.handleCallback(came, { binding: 'session-1' })
  expect(login).toMatchObject({ connection: 'acme', returnTo: '/done', missingScopes: [], claims: { sub: 'user-1' } })
  expect(login.scopes).toEqual(['openid', 'offline_access', 'api:read'])
  class Vendor extends Connector { static override readonly profile = profileOf(server) }
  const vendor = new Vendor({ auth: app.connection('acme') })
  expect(await vendor.http.get('/me')).toEqual({ sub: 'user-1' })
  expect(await app.introspect('acme')).toMatchObject({ active: true, scope: 'openid offline_access api:read' })
})
