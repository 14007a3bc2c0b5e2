// Two workers refresh the same connection at once, at vendors with different rules: `node --import tsx examples/testing-oauth/main.ts`.
import { authorizationServer, quirks, tokenFaults, type AuthorizationServer, type Quirk } from 'hawser/testing'

async function refresh(server: AuthorizationServer, path: string, refreshToken: string): Promise<string> {
  const response = await server.respond(
    new Request(server.origin + path, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: 'client',
        client_secret: 'secret',
      }),
    }),
  )
  const body: unknown = await response?.json()
  return typeof body === 'object' && body !== null && 'access_token' in body ? String(body.access_token) : ''
}

for (const [vendor, quirk] of Object.entries<Quirk>({
  github: quirks.github,
  okta: quirks.okta,
  shopify: quirks.shopify,
})) {
  const server = authorizationServer({ quirk, latencyMs: 50 })
  const { refreshToken } = server.connect()
  const path = quirk.paths?.token ?? '/token'
  const tokens = await Promise.all([refresh(server, path, refreshToken), refresh(server, path, refreshToken)])
  console.log(vendor, { alive: tokens.filter((token) => server.isLive(token)).length, ...server.counters })
}

// An answer that gets lost leaves the client with a token that the vendor has already used.
const server = authorizationServer()
const { refreshToken } = server.connect()
server.strike(tokenFaults.dropAfter())
await refresh(server, '/token', refreshToken).catch((error: unknown) => console.log(String(error)))
console.log('alive:', server.isLive(refreshToken))
