// Every vendor and every deviation that `hawser/testing` knows, each with the description that copes with it.
import { expect, it } from 'vitest'
import { type OAuthVendor, type TokenHook, type Transport } from 'hawser'
import { oauthApp, type OAuthApp } from 'hawser/oauth'
import {
  authorizationServer,
  fakeClock,
  quirks,
  type AuthorizationServer,
  type FakeClock,
  type Quirk,
} from 'hawser/testing'
import { failureOf } from '../support/loopback.ts'

const callback = 'https://app.test/callback'

const asXml: TokenHook = ({ parameters, ...request }, send) => {
  const elements = Object.entries(parameters).map(([name, value]) => `<${name}>${value}</${name}>`)
  return send({
    ...request,
    headers: { ...request.headers, 'content-type': 'application/xml' },
    body: `<request>${elements.join('')}</request>`,
  })
}
const never: OAuthVendor = { expiry: { zero: 'never' } }

interface Known {
  readonly oauth?: OAuthVendor
  /** How long the token is good after the login. Milliseconds. @default what the server says */
  readonly lifeMs?: number | undefined
  /** Whether there is a refresh token. @default true */
  readonly refreshes?: boolean
  /** Whether it can be asked to revoke here. @default true */
  readonly revokes?: boolean
  /** What a refresh token that is none is answered with. @default 'invalid_grant' */
  readonly refused?: string
}

/** What there is to say of each. What is not said is as the RFC says. */
const known: Record<keyof typeof quirks, Known> = {
  expiresInText: {},
  expiresInWithUnit: {},
  expiresInMissing: { lifeMs: undefined },
  expiresInNull: { lifeMs: undefined },
  expiresInEmpty: { lifeMs: undefined },
  expiresInNegative: { oauth: never, lifeMs: undefined },
  expiresInZero: { oauth: never, lifeMs: undefined },
  expiresInMilliseconds: { oauth: { expiry: { unit: 'milliseconds' } } },
  scopeNull: {},
  scopeList: {},
  scopeCommas: {},
  tokenTypeMissing: {},
  tokenTypeOdd: {},
  refreshTokenNull: { refreshes: false },
  refreshTokenEmpty: { refreshes: false },
  refreshTokenKept: {},
  nestedAnswer: { oauth: { tokens: { main: { accessToken: 'data.access_token' } } } },
  createdStatus: {},
  htmlContentType: {},
  formAnswer: {},
  idTokenForeignIssuer: {},
  idTokenUnparsable: {},
  idTokenEmpty: {},
  refusalWithSuccess: {},
  refusalNotOk: {},
  refusalAsText: {},
  refusalWithoutType: {},
  refusalWithChallenge: {},
  refusalObject: { oauth: { errorPath: 'error.code' } },
  revocationNoContent: {},
  jsonRequests: { oauth: { body: 'json' } },
  queryRequests: { oauth: { body: 'query' } },
  getRequests: { oauth: { method: 'GET' } },
  xmlRequests: { oauth: { exchange: asXml, refresh: asXml } },
  rawBasic: { oauth: { clientAuthentication: 'raw-basic' } },
  basicOnly: { oauth: { clientAuthentication: 'basic' } },
  renamedParameters: {
    oauth: {
      rename: { client_id: 'app_id', client_secret: 'app_secret', code: 'auth_code' },
      authorizeRename: { redirect_uri: 'redirect_url' },
    },
    // The test's server has its other endpoints under the RFC's names.
    revokes: false,
  },
  renamedCode: { oauth: { codeParameter: 'auth_code' } },
  commaScopes: { oauth: { scopeSeparator: ',' }, refreshes: false, lifeMs: undefined },
  plusScopes: { oauth: { scopeSeparator: '+' } },
  refreshElsewhere: {},
  noPkce: { oauth: { pkce: false } },
  offlineScope: {},

  salesforce: { oauth: { baseUrlPath: 'instance_url' }, lifeMs: undefined },
  mailchimp: { oauth: never, refreshes: false, lifeMs: undefined },
  shopify: {
    oauth: {
      scopeSeparator: ',',
      rotation: 'until-first-use',
      callbackHmac: 'hmac',
      callbackParameters: { shop: 'example.myshopify.com' },
    },
  },
  notion: { oauth: { body: 'json', clientAuthentication: 'basic' }, lifeMs: undefined },
  fiserv: { oauth: { expiry: { unit: 'milliseconds' } } },
  crowdstrike: {
    oauth: { errorPath: 'errors.0.code', errorCodes: { '403': 'invalid_client' } },
    refreshes: false,
    refused: 'invalid_client',
  },
  amazonSellers: { oauth: { authorizeRename: { client_id: 'application_id' }, codeParameter: 'spapi_oauth_code' } },
  microsoftV1: {},
  entra: {},
  github: { oauth: { errorCodes: { bad_refresh_token: 'invalid_grant' } } },
  linkedin: {},
  // The vendor's own words are “Invalid refresh token”; these are the test server's.
  twitch: { oauth: { errorPath: 'message', errorCodes: { 'The grant was revoked.': 'invalid_grant' } } },
  tiktok: {
    oauth: {
      body: 'query',
      rename: { client_id: 'client_key' },
      scopeSeparator: ',',
      tokens: { main: { accessToken: 'data.access_token', refreshExpiresIn: 'data.refresh_expires_in' } },
      errorPath: 'data.error_code',
      errorCodes: { '10007': 'invalid_grant' },
    },
    revokes: false,
  },
  facebook: {
    oauth: { method: 'GET', scopeSeparator: ',', errorPath: 'error.code', errorCodes: { '190': 'invalid_grant' } },
    refreshes: false,
  },
  google: { oauth: { authorizeParameters: { access_type: 'offline' } } },
  wechat: {
    oauth: {
      method: 'GET',
      rename: { client_id: 'appid', client_secret: 'secret' },
      scopeSeparator: ',',
      errorPath: 'errcode',
      errorCodes: { '40030': 'invalid_grant' },
    },
    revokes: false,
  },
  xero: { oauth: { rotation: 'grace', graceMs: 1_800_000 } },
  atlassian: {},
  auth0: {},
  okta: {},
  gitlab: { oauth: { rotation: 'until-first-use' } },
  slack: {
    oauth: {
      scopeSeparator: ',',
      pkce: false,
      tokens: { main: {}, user: { accessToken: 'authed_user.access_token' } },
      errorCodes: { invalid_refresh_token: 'invalid_grant' },
    },
  },
  slackUser: {
    oauth: {
      scopeSeparator: ',',
      pkce: false,
      tokens: { main: { accessToken: 'authed_user.access_token' } },
      errorCodes: { invalid_refresh_token: 'invalid_grant' },
    },
  },
}

/** The server in memory, for a client's transport. */
function transportTo(server: AuthorizationServer): Transport {
  return async ({ method, url, headers, body }) => {
    const request = new Request(url, { method, headers, body: typeof body === 'string' ? body : null })
    const response = (await server.respond(request)) ?? new Response(null, { status: 404 })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes }
  }
}

interface Connected {
  readonly server: AuthorizationServer
  readonly app: OAuthApp
  readonly clock: FakeClock
  readonly scopes: readonly string[]
}

async function connect(quirk: Quirk, { oauth = {}, revokes = true }: Known): Promise<Connected> {
  const clock = fakeClock()
  const server = authorizationServer({ quirk, clock })
  const { origin } = server
  const { authorize = '/authorize', token = '/token', revoke = '/revoke', refresh } = quirk.paths ?? {}
  const scopes = [...(quirk.offline && 'scope' in quirk.offline ? [quirk.offline.scope] : []), 'read', 'write']
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: origin,
      hosts: [/^example\.my\.salesforce\.com$/],
      oauth: {
        authorizeUrl: origin + authorize,
        tokenUrl: origin + token,
        ...(refresh !== undefined && { refreshUrl: origin + refresh }),
        ...(revokes && { revokeUrl: origin + revoke }),
        clientAuthentication: 'body',
        ...oauth,
      },
    },
    clientId: 'client',
    clientSecret: 'secret',
    redirectUri: callback,
    scopes,
    transport: transportTo(server),
    runtime: clock.runtime,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  const location = (await server.respond(new Request(url)))?.headers.get('location')
  if (!location) throw new Error('The login did not come back.')
  await app.handleCallback(location)
  return { server, app, clock, scopes }
}

const request = { method: 'GET', url: 'https://api.test', headers: {}, operation: 'x', idempotent: true } as const

it.each(Object.entries(known))('logs in, refreshes, understands a refusal and revokes: %s', async (name, facts) => {
  const quirk = Object.entries(quirks).find(([one]) => one === name)?.[1] ?? { see: '' }
  const { refreshes = true, revokes = true, refused = 'invalid_grant' } = facts
  const { server, app, clock, scopes } = await connect(quirk, facts)

  const before = (await app.tokens('acme'))?.['main']
  const lifeMs = 'lifeMs' in facts ? facts.lifeMs : (quirk.accessTokenMs ?? 3_600_000)
  expect(before?.expiresAt).toBe(lifeMs === undefined ? undefined : clock.now + lifeMs)
  expect(before?.refreshToken !== undefined).toBe(refreshes)
  expect(new Set(before?.scopes)).toEqual(new Set(scopes))
  expect(before?.tokenType).toBeUndefined()
  expect(server.isLive(before?.accessToken ?? '')).toBe(true)

  if (refreshes) {
    await app.connection('acme').renew?.({ ...request, secrets: [before?.accessToken ?? ''] }, clock.runtime)
    const after = (await app.tokens('acme'))?.['main']
    expect(after?.accessToken).not.toBe(before?.accessToken)
    expect(after?.refreshToken).toBeDefined()
    expect(server.isLive(after?.accessToken ?? '')).toBe(true)
    expect(server.counters.reuseDetections).toBe(0)
    const sent = await app.connection('acme').apply(request, clock.runtime)
    expect(sent.headers['authorization']).toBe(`Bearer ${after?.accessToken}`)
    // The user ends it at the vendor: the next refresh is refused. A minute later: what is refused at once is not asked for again.
    clock.advance(60_000)
    server.disconnect(after?.accessToken ?? '')
    const renewal = app.connection('acme').renew?.({ ...request, secrets: [after?.accessToken ?? ''] }, clock.runtime)
    expect(await failureOf(Promise.resolve(renewal))).toMatchObject({
      code: 'REAUTHORIZATION_REQUIRED',
      oauthCode: refused,
    })
  }
  expect(await app.disconnect('acme')).toEqual({ revoked: revokes })
  expect(await app.tokens('acme')).toBeUndefined()
})

it('describes every vendor and deviation that there is', () => {
  expect(Object.keys(known).toSorted()).toEqual(Object.keys(quirks).toSorted())
})

it('takes what Slack gives for a user’s refresh token for the user’s, and leaves the bot’s alone', async () => {
  const { app, clock } = await connect(quirks.slack, known.slack)
  const before = await app.tokens('acme')
  expect(Object.keys(before ?? {})).toEqual(['main', 'user'])
  const user = app.connection('acme', { token: 'user' })
  await user.renew?.({ ...request, secrets: [before?.['user']?.accessToken ?? ''] }, clock.runtime)
  const after = await app.tokens('acme')
  expect(after?.['main']?.accessToken).toBe(before?.['main']?.accessToken)
  expect(after?.['main']?.refreshToken).toBe(before?.['main']?.refreshToken)
  expect(after?.['user']?.accessToken).not.toBe(before?.['user']?.accessToken)
  expect(after?.['user']?.refreshToken).not.toBe(before?.['user']?.refreshToken)
})
