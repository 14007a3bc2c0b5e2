// A login at a real authorization server (oidc-provider) on loopback, tokens in files, a call in the user's name, and the end of it.
// node --import tsx examples/oauth-login/main.ts
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connector, ReauthorizationRequiredError, type VendorProfile } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { fileTokenStore } from 'hawser/stores'
import { callback, oidc } from '../../test/support/oidc.ts'

await using server = await oidc([{ client_id: 'client', client_secret: 'a-client-secret-of-some-length' }])
const directory = await mkdtemp(join(tmpdir(), 'hawser-login-'))

const profile: VendorProfile = {
  name: 'vendor',
  baseUrl: server.issuer,
  oauth: { issuer: server.issuer, discover: true },
}
class Vendor extends Connector {
  static override readonly profile = profile
  me = () => this.http.get<{ sub: string }>('/me')
}

const app = oauthApp({
  profile,
  clientId: 'client',
  clientSecret: 'a-client-secret-of-some-length',
  redirectUri: callback,
  scopes: ['openid', 'offline_access'],
  store: fileTokenStore({ directory }),
})

// The user's browser goes to this address, and comes back with a code. `binding` ties the login to their session.
const { url } = await app.authorizationUrl({
  connection: 'acme',
  binding: 'session-1',
  parameters: { prompt: 'consent' },
})
const login = await app.handleCallback(await server.browse(url), { binding: 'session-1' })
console.log('connected:', login.connection, login.scopes.join(' '))

const vendor = new Vendor({ auth: app.connection('acme') })
console.log('asked in the name of', (await vendor.me()).sub)
console.log(
  'printed, tokens show nothing:',
  JSON.stringify((await app.tokens('acme'))?.['main']).includes('accessToken'),
)

await app.disconnect('acme')
await vendor.me().catch((error: unknown) => {
  if (error instanceof ReauthorizationRequiredError) console.log('after the end:', error.because)
})
await rm(directory, { recursive: true })
