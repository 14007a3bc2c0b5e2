import * as oauth from 'openid-client'
import { authorizationServer, fakeClock, type AuthorizationServer, type Quirk } from 'hawser/testing'

const redirectUri = 'https://app.test/callback'

/** A client that keeps to the RFCs, with a server in memory. */
interface StrictClient {
  readonly server: AuthorizationServer
  readonly config: oauth.Configuration
}

/** Makes the client, and the server with a quirk. */
export function strictClient(quirk: Quirk): StrictClient {
  // It compares id tokens with the real time.
  const clock = fakeClock({ startAt: Date.now() })
  const server = authorizationServer({ quirk, clock, signingAlgorithm: 'ES256' })
  const { origin } = server
  const { authorize = '/authorize', token = '/token', revoke = '/revoke' } = quirk.paths ?? {}
  const metadata = {
    issuer: origin,
    authorization_endpoint: origin + authorize,
    token_endpoint: origin + token,
    revocation_endpoint: origin + revoke,
  }
  const inHeader = quirk.token?.authentication?.[0]?.endsWith('basic')
  const authentication = inHeader ? oauth.ClientSecretBasic('secret') : oauth.ClientSecretPost('secret')
  const config = new oauth.Configuration(metadata, 'client', { id_token_signed_response_alg: 'ES256' }, authentication)
  config[oauth.customFetch] = async (url, { body, ...options }) => {
    const response = await server.respond(new Request(url, { ...options, body: body ?? null }))
    return response ?? new Response('Not found', { status: 404 })
  }
  return { server, config }
}

/** What a strict client makes of a server: `ok` with what it believes the life of the token to be, or why it fails. */
export interface Seen {
  readonly code: string
  readonly refresh: string
  readonly refused: string
  readonly revoked: string
}

/** Lets a strict client do what it does: connect, refresh, be refused, revoke. */
export async function look(quirk: Quirk): Promise<Seen> {
  const { server, config } = strictClient(quirk)
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
  const url = oauth.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: ['openid', 'offline_access', 'read'].join(quirk.authorize?.scopeSeparator ?? ' '),
    access_type: 'offline',
    ...(quirk.pkce !== 'refused' && {
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }),
  })
  const location = (await server.respond(new Request(url)))?.headers.get('location')
  const checks = quirk.pkce === 'refused' ? {} : { pkceCodeVerifier }
  const code = location ? outcome(oauth.authorizationCodeGrant(config, new URL(location), checks)) : 'no redirect'
  const { refreshToken } = server.connect({ scope: 'openid read' })
  return {
    code: await code,
    refresh: await outcome(oauth.refreshTokenGrant(config, refreshToken)),
    refused: await outcome(oauth.refreshTokenGrant(config, 'nonsense')),
    revoked: await oauth.tokenRevocation(config, refreshToken).then(() => 'ok', problem),
  }
}

/** Says what a strict client makes of a token answer. */
async function outcome(granted: Promise<oauth.TokenEndpointResponse>): Promise<string> {
  return granted.then(
    (tokens) => `ok ${tokens.expires_in}s${tokens.refresh_token === undefined ? '' : ' +refresh'}`,
    problem,
  )
}

function problem(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, error: oauthError } = error as { code?: string; error?: string }
  const detail = error.cause instanceof Error ? error.cause.message : undefined
  return [String(code).replace('OAUTH_', ''), oauthError ?? detail].filter((part) => part !== undefined).join(': ')
}
