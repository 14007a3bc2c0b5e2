import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type ClientMetadata } from 'oidc-provider'

/** A certified authorization server on loopback, whose users agree to everything. */
export interface Oidc extends AsyncDisposable {
  readonly issuer: string
  readonly provider: Provider
  /** Every request to the token endpoint, as it came. */
  readonly tokenRequests: readonly { readonly headers: IncomingMessage['headers']; readonly body: URLSearchParams }[]
  /** What users answer instead of agreeing. */
  refuse(error: string | undefined): void
  /** Goes through the login as a browser does; gives the callback's address. */
  browse(url: string): Promise<string>
}

export const callback = 'https://app.test/callback'

const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

/** Starts oidc-provider with refresh tokens that are good for one use. */
export async function oidc(
  clients: readonly ClientMetadata[],
  { dpopNonce = false, requirePar = false }: { readonly dpopNonce?: boolean; readonly requirePar?: boolean } = {},
): Promise<Oidc> {
  const tokenRequests: { headers: IncomingMessage['headers']; body: URLSearchParams }[] = []
  let refusal: string | undefined
  const server = createServer((request, response) => void route(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: clients.map((client) => ({
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      ...client,
    })),
    jwks: { keys: [{ ...signingKey, kid: 'k1', use: 'sig', alg: 'ES256' }] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: { keys: ['a-key-of-the-test'] },
    scopes: ['openid', 'offline_access', 'api:read', 'api:write'],
    claims: { openid: ['sub'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: async () => true },
      revocation: { enabled: true },
      deviceFlow: { enabled: true },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: requirePar },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => dpopNonce },
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      RefreshToken: 600,
      Session: 600,
      ClientCredentials: 600,
    },
    renderError: (context, out) => {
      context.type = 'json'
      context.body = JSON.stringify(out)
    },
  })
  const handle = provider.callback()

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/interaction/')) return interact(request, response)
    if (request.url === '/token') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      const body = Buffer.concat(chunks)
      tokenRequests.push({ headers: request.headers, body: new URLSearchParams(body.toString()) })
      // What was read already is handed on: oidc-provider takes a body that a parser before it has read.
      Object.assign(request, { body: Object.fromEntries(new URLSearchParams(body.toString())) })
    }
    await handle(request, response)
  }

  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response)
    if (refusal !== undefined) return provider.interactionFinished(request, response, { error: refusal })
    if (prompt.name === 'login') {
      return provider.interactionFinished(request, response, { login: { accountId: 'user-1' } })
    }
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
    grant.addOIDCScope(String(params['scope']))
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
  }

  return {
    issuer,
    provider,
    tokenRequests,
    refuse: (error) => void (refusal = error),
    async browse(url) {
      const cookies = new Map<string, string>()
      for (let at = url, steps = 0; steps < 20; steps++) {
        if (!at.startsWith(issuer)) return at
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
        for (const line of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          cookies.set(name, value)
        }
        const location = answer.headers.get('location')
        if (location === null) throw new Error(`${answer.status} ${await answer.text()}`)
        at = new URL(location, at).href
      }
      throw new Error('The login goes round in circles.')
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
