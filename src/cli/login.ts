import { parseArgs } from 'node:util'
import { ConfigurationError, isHawserError, type OAuthVendor, type TokenStore, type VendorProfile } from 'hawser'
import { oauthApp, type ConnectedLogin, type OAuthApp } from 'hawser/oauth'
import { fileTokenStore, keyring, sealed } from 'hawser/stores'
import type { Console } from './console.ts'
import { loopbackRedirect } from './loopback-redirect.ts'
import { loadProfile } from './vendor-module.ts'

const usage = `Usage:
  hawser login <module>        --client-id ID --store DIR [options]
  hawser login --issuer URL    --client-id ID --store DIR [options]
  hawser login --token-url URL --authorize-url URL | --device-url URL  --client-id ID --store DIR [options]

  <module>                 a file or package with a vendor's profile, such as ./vendor.js or hawser/github
  --issuer URL             a server that tells its addresses by discovery
  --client-id ID           this program's id at the vendor
  --client-secret-env NAME the variable that holds its secret         [none: a public client]
  --connection NAME        what the tokens are kept under             [default]
  --scope SCOPE            may be repeated                            [the profile's]
  --tenant NAME=VALUE      what stands in the vendor's addresses; may be repeated
  --device                 shows a code to type in elsewhere, and opens no port
  --port PORT              where the browser is sent back to          [a free one]
  --path PATH              and on which path                          [/callback]
  --store DIR              the directory for the tokens
  --store-key-env NAME     the variable with a key of 32 bytes in base64 that seals them  [none: in clear]

Prints what was granted as JSON, and no token. Exits with 1 where the vendor or the user refuses.
`

const options = {
  issuer: { type: 'string' },
  'token-url': { type: 'string' },
  'authorize-url': { type: 'string' },
  'device-url': { type: 'string' },
  'client-id': { type: 'string' },
  'client-secret-env': { type: 'string' },
  connection: { type: 'string', default: 'default' },
  scope: { type: 'string', multiple: true },
  tenant: { type: 'string', multiple: true },
  device: { type: 'boolean', default: false },
  port: { type: 'string', default: '0' },
  path: { type: 'string', default: '/callback' },
  store: { type: 'string' },
  'store-key-env': { type: 'string' },
} as const

type Flags = ReturnType<typeof parse>['values']

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true })
}

/** Runs `hawser login …` and resolves with the exit code. */
export async function runLogin(args: readonly string[], { env, stdout, stderr }: Console): Promise<number> {
  try {
    const { values: flags, positionals } = parse(args)
    const app = await appOf(flags, positionals[0], env)
    const tell = (text: string): unknown => stderr.write(`${text}\n`)
    const login = flags.device ? await byDevice(app, flags, tell) : await byBrowser(app, flags, tell)
    const { connection, scopes, missingScopes } = login
    stdout.write(`${JSON.stringify({ connection, scopes, missingScopes })}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const mistake = (isHawserError(error) && error.code === 'CONFIGURATION') || isArgumentMistake(error)
    // An error of hawser's holds no secret; anything else is a fault to be seen whole.
    if (!mistake && !isHawserError(error)) throw error
    stderr.write(mistake ? `${error.message}\n\n${usage}` : `${error.message}\n`)
    return mistake ? 2 : 1
  }
}

function isArgumentMistake(error: Error): boolean {
  return /^(?:ERR_PARSE_ARGS|EADDRINUSE|EACCES)/.test(String(Reflect.get(error, 'code')))
}

async function byBrowser(app: OAuthApp, flags: Flags, tell: (text: string) => unknown): Promise<ConnectedLogin> {
  const port = Number(flags.port || Number.NaN)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new ConfigurationError('`--port` is no port.')
  // Of all else the browser sends another spelling than was typed.
  if (!/^\/[\w.~/-]*$/.test(flags.path)) {
    throw new ConfigurationError('`--path` begins with `/` and holds letters, digits and `-._~/` only.')
  }
  await using redirect = await loopbackRedirect(port, flags.path)
  const { redirectUri } = redirect
  const { url } = await app.authorizationUrl({ connection: flags.connection, redirectUri })
  tell(`Open this address in a browser on this machine:\n\n${url}\n\nIt comes back to ${redirectUri}`)
  // Awaited here: the end of this function closes the port.
  return await redirect.wait((callback) => app.handleCallback(callback))
}

function byDevice(app: OAuthApp, flags: Flags, tell: (text: string) => unknown): Promise<ConnectedLogin> {
  return app.device({
    connection: flags.connection,
    onPrompt: ({ userCode, url, urlWithCode }) =>
      tell(
        `Open ${url} on any device and type in\n\n    ${userCode}\n${urlWithCode ? `\nor open ${urlWithCode}\n` : ''}`,
      ),
  })
}

async function appOf(flags: Flags, module: string | undefined, env: Console['env']): Promise<OAuthApp> {
  const { 'client-id': clientId, 'client-secret-env': secretName, scope } = flags
  if (clientId === undefined) throw new ConfigurationError('`--client-id` is missing.')
  const store = storeOf(flags, env)
  const profile = module === undefined ? describedProfile(flags) : await loadProfile(module)
  return oauthApp({
    profile,
    clientId,
    store,
    tenant: tenantOf(flags),
    ...(secretName !== undefined && { clientSecret: variable(env, secretName) }),
    ...(scope && { scopes: scope }),
  })
}

function describedProfile(flags: Flags): VendorProfile {
  const { issuer, 'token-url': tokenUrl, 'authorize-url': authorizeUrl, 'device-url': deviceUrl } = flags
  const address = issuer ?? tokenUrl
  if (address === undefined) throw new ConfigurationError('Name a module, an `--issuer` or a `--token-url`.')
  const oauth: OAuthVendor = {
    ...(issuer !== undefined && { issuer, discover: true }),
    ...(tokenUrl !== undefined && { tokenUrl }),
    ...(authorizeUrl !== undefined && { authorizeUrl }),
    ...(deviceUrl !== undefined && { deviceUrl }),
  }
  return { name: URL.canParse(address) ? new URL(address).hostname : address, baseUrl: address, oauth }
}

function storeOf({ store: directory, 'store-key-env': keyName }: Flags, env: Console['env']): TokenStore {
  if (directory === undefined) throw new ConfigurationError('`--store` is missing: the directory for the tokens.')
  const store = fileTokenStore({ directory })
  return keyName === undefined
    ? store
    : sealed(store, keyring({ primary: 'key', keys: { key: variable(env, keyName) } }))
}

function tenantOf({ tenant = [] }: Flags): Readonly<Record<string, string>> {
  return Object.fromEntries(
    tenant.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new ConfigurationError('`--tenant` takes NAME=VALUE.')
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

// Never from the command line: other users of the machine can read it there, and the shell keeps it.
function variable(env: Console['env'], name: string): string {
  const value = env[name]
  if (!value) throw new ConfigurationError(`The variable \`${name}\` is empty.`)
  return value
}
