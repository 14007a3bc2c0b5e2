import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { oauthApp } from 'hawser/oauth'
import { fileTokenStore, keyring, sealed } from 'hawser/stores'
import { runLogin } from '../../src/cli/login.ts'
import { eventually, loopback } from '../support/loopback.ts'
import { oidc, type Oidc } from '../support/oidc.ts'

const folder = mkdtempSync(join(tmpdir(), 'hawser-login-'))
afterAll(() => rmSync(folder, { recursive: true }))

const secret = 'a-client-secret-of-some-length'
const redirect_uris = ['http://127.0.0.1/callback']
const client = { client_id: 'cli', client_secret: secret, redirect_uris, application_type: 'native' } as const
const key = Buffer.alloc(32, 3).toString('base64')
const env = { SECRET: secret, KEY: key }

interface Ran {
  readonly code: Promise<number>
  readonly out: () => string
  readonly errors: () => string
}

function run(...args: readonly string[]): Ran {
  let out = ''
  let errors = ''
  const code = runLogin(args, {
    env,
    stdout: { write: (text) => (out += String(text)) },
    stderr: { write: (text) => (errors += text) },
  })
  return { code, out: () => out, errors: () => errors }
}

async function shownUrl({ errors }: Ran): Promise<string> {
  await eventually(() => /^https?:\S+$/m.test(errors()))
  return /^https?:\S+$/m.exec(errors())?.[0] ?? ''
}

const common = (server: Oidc, store: string): string[] => [
  ...['--issuer', server.issuer, '--client-id', 'cli', '--client-secret-env', 'SECRET', '--store', store],
  ...['--scope', 'openid', '--scope', 'offline_access', '--connection', 'acme'],
]

const contentOf = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')

it('logs in by a browser on this machine, seals the tokens in files, and shows none of them', async () => {
  await using server = await oidc([client])
  const directory = join(folder, 'sealed')
  const ran = run(...common(server, directory), '--store-key-env', 'KEY')
  const url = `${await shownUrl(ran)}&prompt=consent`
  const came = await server.browse(url)
  expect(came).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/)
  const strangers = new URL(came)
  strangers.searchParams.set('state', 'a-guess')
  const guess = await fetch(strangers)
  expect([guess.status, await guess.text()]).toEqual([400, 'This did not work. The terminal says why.'])
  expect((await fetch(new URL('/favicon.ico', came))).status).toBe(404)
  const page = await fetch(came)
  expect([page.status, await page.text()]).toEqual([200, 'Done. You can close this window.'])
  expect(await ran.code).toBe(0)
  expect(JSON.parse(ran.out())).toEqual({ connection: 'acme', scopes: ['openid', 'offline_access'], missingScopes: [] })

  const store = sealed(fileTokenStore({ directory }), keyring({ primary: 'key', keys: { key } }))
  const profile = { name: '127.0.0.1', baseUrl: server.issuer, oauth: { issuer: server.issuer, discover: true } }
  const tokens = (await oauthApp({ profile, clientId: 'cli', store }).tokens('acme'))?.['main']
  expect(tokens?.accessToken.length).toBeGreaterThan(20)
  const shown = ran.out() + ran.errors() + contentOf(directory)
  for (const token of [tokens?.accessToken, tokens?.refreshToken, secret]) expect(shown).not.toContain(token)
})

it('says that the user refused, with exit code 1', async () => {
  await using server = await oidc([client])
  const ran = run(...common(server, join(folder, 'refused')))
  const url = await shownUrl(ran)
  server.refuse('access_denied')
  const came = await server.browse(url)
  expect((await fetch(came)).status).toBe(400)
  expect(await ran.code).toBe(1)
  expect(ran.errors()).toContain('access_denied')
  expect(ran.out()).toBe('')
})

it('logs in with a code to type in elsewhere, by a vendor’s module', async () => {
  let asked = 0
  await using vendor = await loopback((request, response) => {
    const code = {
      device_code: 'dc',
      user_code: 'WXYZ',
      verification_uri: 'https://v.test/device',
      expires_in: 60,
      interval: 0.01,
    }
    if (request.url === '/device') return response.end(JSON.stringify(code))
    if (asked++ === 0) return response.writeHead(400).end('{"error":"authorization_pending"}')
    return response.end('{"access_token":"the-access-token","refresh_token":"the-refresh-token"}')
  })
  const module = join(folder, 'vendor.mjs')
  const profile = {
    name: 'vendor',
    baseUrl: vendor.url,
    oauth: { tokenUrl: `${vendor.url}/token`, deviceUrl: `${vendor.url}/device`, scopes: ['read'] },
  }
  writeFileSync(module, `export class Vendor { static profile = ${JSON.stringify(profile)} }\nexport const other = 7\n`)
  const ran = run(module, '--device', '--client-id', 'c', '--store', join(folder, 'device'))
  expect(await ran.code).toBe(0)
  expect(ran.errors()).toMatch(/https:\/\/v\.test\/device.*\n.*\n.*WXYZ/)
  expect(JSON.parse(ran.out())).toMatchObject({ connection: 'default', scopes: ['read'] })
  expect(ran.out() + ran.errors()).not.toContain('the-')
})

const store = join(folder, 'none')
it.each<[string, string[], string]>([
  ['no client', ['--issuer', 'https://a.test', '--store', store], '--client-id'],
  ['no store', ['--issuer', 'https://a.test', '--client-id', 'c'], '--store'],
  ['no vendor', ['--client-id', 'c', '--store', store], 'module'],
  ['a module that is not there', ['./nowhere.js', '--client-id', 'c', '--store', store], 'nowhere'],
  ['an unknown flag', ['--secret', 'x'], '--secret'],
  [
    'an empty variable',
    ['--issuer', 'https://a.test', '--client-id', 'c', '--store', store, '--client-secret-env', 'NONE'],
    'NONE',
  ],
  ['an address that is not https', ['--token-url', 'http://a.test/t', '--client-id', 'c', '--store', store], 'https'],
  [
    'no port',
    [
      '--token-url',
      'https://a.test/t',
      '--authorize-url',
      'https://a.test/a',
      '--client-id',
      'c',
      '--store',
      store,
      '--port',
      'x',
    ],
    '--port',
  ],
  ...['', '/two words', '/ä', '/a?b=c', '/a#b', 'callback'].map((path): [string, string[], string] => [
    `a path that comes back otherwise: \`${path}\``,
    [
      ...['--token-url', 'https://a.test/t', '--authorize-url', 'https://a.test/a'],
      ...['--client-id', 'c', '--store', store, `--path=${path}`],
    ],
    '`--path` begins with',
  ]),
  [
    'half a tenant',
    ['--token-url', 'https://a.test/t', '--client-id', 'c', '--store', store, '--tenant', 'x'],
    '--tenant',
  ],
])('refuses %s with exit code 2 and the usage', async (_, args, word) => {
  const ran = run(...args)
  expect(await ran.code).toBe(2)
  expect(ran.errors()).toContain(word)
  expect(ran.errors()).toContain('Usage:')
})

it('says what a module lacks that is there, with exit code 2 and the usage', async () => {
  const module = join(folder, 'lacking.mjs')
  writeFileSync(module, "import 'no-such-package'\n")
  const ran = run(module, '--client-id', 'c', '--store', store)
  expect(await ran.code).toBe(2)
  for (const text of [`\`${module}\` cannot be loaded`, 'no-such-package', 'Usage:']) {
    expect(ran.errors()).toContain(text)
  }
})

it('refuses a module without a profile', async () => {
  const module = join(folder, 'empty.mjs')
  writeFileSync(module, 'export const profile = { name: "x" }\n')
  const ran = run(module, '--client-id', 'c', '--store', store)
  expect(await ran.code).toBe(2)
  expect(ran.errors()).toContain('no profile with `oauth`')
})
