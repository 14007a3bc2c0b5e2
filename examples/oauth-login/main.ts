import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Provider } from 'oidc-provider'
import { Connector, type VendorProfile } from 'hawser'
import { oauthApp } from 'hawser/oauth'

// A user logs in at a real authorization server on loopback; the API is asked in their name; the connection is ended.
// node --import tsx examples/oauth-login/main.ts

const redirectUri = 'http://127.0.0.1/callback'
const server = createServer((request, response) => void route(request, response))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

// The vendor, which is somebody else's. It rotates refresh tokens, and says a lot about its settings.
console.info = console.warn = () => {}
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'my-app',
      client_secret: 'a-secret-of-the-example',
      application_type: 'native',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  jwks: { keys: [{ ...key, kid: 'k1', use: 'sig', alg: 'ES256' }] },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  rotateRefreshToken: true,
})
const vendor = provider.callback()

const profile: VendorProfile = { name: 'vendor', baseUrl: issuer, oauth: { issuer, discover: true } }
const app = oauthApp({
  profile,
  clientId: 'my-app',
  clientSecret: 'a-secret-of-the-example',
  redirectUri,
  scopes: ['openid', 'offline_access'],
  onEvent: (event) => console.log(`  ${event.type}: ${event.operation}`),
})

console.log('The user logs in:')
const { url } = await app.authorizationUrl({
  connection: 'user-42',
  binding: 'the session',
  parameters: { prompt: 'consent' },
})
const login = await app.handleCallback(await browse(url), { binding: 'the session' })
console.log(`${login.connection} is ${String(login.claims?.['sub'])}, with ${login.scopes.join(' and ')}`)

class Vendor extends Connector {
  static override readonly profile = profile
}
const client = new Vendor({ auth: app.connection('user-42') })
console.log('The API says:', await client.http.get('/me'))

console.log('The user disconnects:')
console.log(await app.disconnect('user-42'))
const refused: unknown = await client.http.get('/me').catch((error: unknown) => error)
console.log(refused instanceof Error ? refused.message : refused)

client.close()
server.closeAllConnections()
server.close()

/** Goes through the vendor's pages as the user's browser does. */
async function browse(from: string): Promise<string> {
  const cookies = new Map<string, string>()
  let at = from
  while (at.startsWith(issuer)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    at = new URL(answer.headers.get('location') ?? 'about:blank', at).href
  }
  return at
}

/** The vendor's pages: its user agrees to everything. */
async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!request.url?.startsWith('/interaction/')) return vendor(request, response)
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: 'my-app' })
  grant.addOIDCScope(String(params['scope']))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
