// S32 to S35: whatever fails, however it is printed, no secret shows.
import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import axios from 'axios'
import { expect, it } from 'vitest'
import { axiosTransport, systemRuntime, type ClientAuthentication, type Credential, type TokenStore } from 'hawser'
import { oauthApp, type OAuthApp, type OAuthAppOptions } from 'hawser/oauth'
import { loopback, type Handle } from '../support/loopback.ts'
const callback = 'https://app.test/callback'

// Each run has secrets of its own, and all of them have this in them.
const canary = 'c4n4ry'

function printed(value: unknown): string {
  const texts = [
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(value),
    String(value),
  ]
  const seen = new Set<unknown>()
  for (let at = value; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at)
    texts.push(at.stack ?? '', JSON.stringify(Object.getOwnPropertyDescriptors(at)))
  }
  return texts.join('\n')
}

function reaches(value: unknown, forbidden: (at: object) => boolean, seen = new Set<unknown>()): boolean {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false
  seen.add(value)
  if (forbidden(value)) return true
  return Reflect.ownKeys(value).some((name) => reaches(Reflect.get(value, name), forbidden, seen))
}

/** Everything that came, in every spelling that a server might use. */
const echo = (headers: Record<string, unknown>, body: Buffer): string => {
  const parameters = [...new URLSearchParams(body.toString())].map(([name, value]) => `${name}=${value}`)
  const basic = Buffer.from(String(headers['authorization']).split(' ')[1] ?? '', 'base64').toString()
  return [
    body.toString(),
    ...parameters,
    String(headers['authorization']),
    basic,
    decodeURIComponent(basic.replaceAll('+', ' ')),
    String(headers['dpop']),
  ].join(' ')
}
const json =
  (status: number, value: (text: string) => unknown): Handle =>
  (request, response, body) => {
    const text = echo(request.headers, body)
    response
      .writeHead(status, { 'content-type': 'application/json', 'set-cookie': `s=${canary}` })
      .end(JSON.stringify(value(text)))
  }

const failures: readonly [string, Handle][] = [
  ['an error that repeats all that came', json(400, (text) => ({ error: 'invalid_grant', error_description: text }))],
  ['an error code that repeats all that came', json(400, (text) => ({ error: text }))],
  ['an error in a 200', json(200, (text) => ({ error: 'odd', error_description: text, message: text }))],
  ['an error as an object', json(400, (text) => ({ error: { message: text, code: text } }))],
  ['invalid_client', json(401, (text) => ({ error: 'invalid_client', error_description: text }))],
  ['429', json(429, (text) => ({ error: 'slow_down', error_description: text }))],
  ['503', json(503, (text) => ({ error: 'temporarily_unavailable', error_description: text }))],
  ['tokens where none are looked for', json(200, (text) => ({ token: canary, refresh_token: canary, text }))],
  ['tokens of the wrong types', json(200, (text) => ({ access_token: { is: text }, refresh_token: [canary] }))],
  [
    'a token and a broken id_token',
    json(200, () => ({ access_token: canary, refresh_token: canary, id_token: `${canary}.y.z` })),
  ],
  ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${canary}</p>`)],
  [
    'a redirect that repeats all that came',
    (request, response, body) => {
      const text = encodeURIComponent(echo(request.headers, body)).slice(0, 4_000)
      response.writeHead(302, { location: `https://elsewhere.test/?${text}` }).end()
    },
  ],
  ['a reset', (request) => request.socket.resetAndDestroy()],
  [
    'half an answer',
    (request, response) => {
      response.writeHead(200, { 'content-length': '999' }).write(`{"access_token":"${canary}`)
      setImmediate(() => request.socket.destroy())
    },
  ],
  ['more than a mebibyte', (_, response) => response.end(canary.repeat(200_000))],
]

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const proofs: readonly [string, Partial<OAuthAppOptions>][] = (
  ['basic', 'raw-basic', 'body', 'client-secret-jwt', 'private-key-jwt'] satisfies ClientAuthentication[]
).map((clientAuthentication) => [clientAuthentication, { oauth: { clientAuthentication } }])

/** Secrets that are odd to spell: quotes, slashes, blanks, percent signs, other scripts. */
const spice = ['', '"', '\\', '/', '+', '%41', ' é', '&=', '<>', '\u2028', '.', '~', "'", ':', '=='] as const

for (const [offset, [failure, handle]] of failures.entries()) {
  it(`S32: shows no secret after ${failure}`, async () => {
    let runs = 0
    for (const [number, [, proof]] of proofs.entries()) {
      await using server = await loopback(handle)
      for (const way of ways) {
        const odd = spice[(runs++ + offset) % spice.length] ?? ''
        const secret = `${canary}${odd}secret-${number}-that-is-long-enough`
        const events: unknown[] = []
        const app = appAt(server.url, { ...proof, store: storeOf(`${canary}${odd}`), clientSecret: secret }, (event) =>
          events.push(event),
        )
        const error = await way(app, `${canary}${odd}`).then(
          () => 'nothing',
          (thrown: unknown) => thrown,
        )
        expect(error, 'it did not fail').toBeInstanceOf(Error)
        expect(printed(error)).not.toContain(canary)
        expect(JSON.stringify(events)).not.toContain(canary)
        expect(
          reaches(error, (at) => axios.isAxiosError(at) || at instanceof Response || 'config' in at || 'request' in at),
        ).toBe(false)
      }
    }
    expect(runs).toBeGreaterThanOrEqual(50)
  })
}

/** A store that holds tokens of an hour ago under the name of one connection, and takes all that is written. */
function storeOf(secret: string): TokenStore {
  const tokens = {
    main: { accessToken: `${secret}access`, refreshToken: `${secret}refresh`, obtainedAt: 0, expiresAt: 1 },
  }
  const value = JSON.stringify({ format: 1, grantId: 'g', tokens })
  return {
    get: async (key) => (key.endsWith('/stored') ? { version: '1', value } : undefined),
    compareAndSwap: async () => ({ ok: true, version: '1' }),
  }
}

function appAt(url: string, over: Partial<OAuthAppOptions>, onEvent: (event: unknown) => void): OAuthApp {
  const oauth = {
    issuer: url,
    authorizeUrl: `${url}/authorize`,
    tokenUrl: `${url}/token`,
    jwksUrl: `${url}/keys`,
    deviceUrl: `${url}/device`,
    parUrl: `${url}/par`,
    introspectUrl: `${url}/introspect`,
    revokeUrl: `${url}/revoke`,
    ...over.oauth,
  }
  return oauthApp({
    profile: { name: 'vendor', baseUrl: url },
    clientId: 'client',
    privateKey,
    redirectUri: callback,
    dpop: true,
    transport: axiosTransport({ proxy: false }),
    runtime: { ...systemRuntime(), sleep: async () => {} },
    ...over,
    oauth,
    onEvent,
  })
}

async function applied(credential: Credential): Promise<void> {
  const request = { method: 'GET', url: 'https://api.test', headers: {}, operation: 'GET /x', idempotent: true }
  await credential.apply(request, { ...systemRuntime(), sleep: async () => {} })
}

/** A login whose code is secret, through to the token endpoint. PAR is left out: it would fail first. */
async function codeLogin(app: OAuthApp, secret: string): Promise<void> {
  const { url } = await app.authorizationUrl({
    connection: 'acme',
    binding: secret,
    parameters: { login_hint: secret },
  })
  await app.handleCallback(
    `/?${new URLSearchParams({ state: new URL(url).searchParams.get('state') ?? '', code: secret })}`,
  )
}

const ways: readonly ((app: OAuthApp, secret: string) => Promise<unknown>)[] = [
  (app) => failing(applied(app.clientCredentials({ scopes: ['a'] }))),
  (app, secret) => failing(applied(app.jwtBearer({ assertion: `${secret}assertion` }))),
  (app, secret) => failing(applied(app.samlBearer({ assertion: () => `<a>${secret}</a>` }))),
  (app, secret) =>
    failing(applied(app.tokenExchange({ subjectToken: `${secret}subject`, actorToken: `${secret}actor` }))),
  (app, secret) => {
    const parameters = { pin: `${secret}pin` }
    return failing(applied(app.dangerouslyPassword({ username: 'u', password: `${secret}password`, parameters })))
  },
  (app) => failing(applied(app.connection('stored'))),
  (app) => failing(app.introspect('stored')),
  async (app) => {
    throw (await app.disconnect('stored')).problem ?? new Error('They were revoked.')
  },
  (app, secret) => codeLogin(app, `${secret}code`),
  (app) => app.device({ connection: 'tv', onPrompt: () => {} }),
  async (app, secret) =>
    app.handleCallback(`/?state=${encodeURIComponent(secret)}&code=${encodeURIComponent(secret)}`, { binding: secret }),
  async (app, secret) =>
    app.handleCallback(`/?state=${canary}&error=${encodeURIComponent(secret)}&error_description=${canary}`),
  (app) => applied(app.connection('nobody')),
]

/** A vendor may answer all the same: then there is no error to look at. */
async function failing(call: Promise<unknown>): Promise<void> {
  await call
  throw new Error('It was answered.')
}
