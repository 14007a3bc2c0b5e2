import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { axiosTransport, checkNumber, ConfigurationError, isHawserError } from 'hawser'
import { schemes, sign, verify, type SignatureScheme, type SignedRequest } from 'hawser/webhooks'
import type { Console } from './console.ts'
import { formatMessage, parseMessage, type HttpMessage } from './http-message.ts'

const usage = `Usage:
  hawser webhook verify <vendor> --request FILE [--url URL] [--tolerance SECONDS] [--now TIME]
  hawser webhook sign   <vendor> --body FILE    [--url URL] [--header 'Name: value']… [--id ID] [--now TIME]
  hawser webhook send   <vendor> --body FILE     --url URL  [--header 'Name: value']… [--id ID]

  --request FILE      a captured request: request line, headers, empty line, body
  --secret-env NAME   the variable that holds the secret; may be repeated     [HAWSER_WEBHOOK_SECRET]
  --value NAME=VALUE  what is signed and not sent, such as webhookId of PayPal; may be repeated
  --url URL           the public URL that the vendor calls
  --now TIME          ISO 8601, or milliseconds since the Unix epoch          [the present]

verify prints the result as JSON; it exits with 0 if the webhook is true, with 1 if it is not.
sign prints the signed request as verify reads it; send delivers it; it exits with 0 on a 2xx, with 1 on all else.
`

const options = {
  request: { type: 'string' },
  body: { type: 'string' },
  url: { type: 'string' },
  header: { type: 'string', multiple: true },
  id: { type: 'string' },
  now: { type: 'string' },
  tolerance: { type: 'string' },
  value: { type: 'string', multiple: true },
  'secret-env': { type: 'string', multiple: true },
} as const

type Flags = ReturnType<typeof parse>['values']

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true })
}

/** Runs `hawser webhook …` and resolves with the exit code. */
export async function runWebhook(args: readonly string[], { env, stdout, stderr }: Console): Promise<number> {
  try {
    const { values: flags, positionals } = parse(args)
    const [action, vendor = ''] = positionals
    const scheme = schemeOf(vendor)
    const secrets = secretsOf(flags, env)
    if (action === 'verify') {
      const result = verifyFile(scheme, secrets, flags)
      stdout.write(`${JSON.stringify(result)}\n`)
      return result.ok ? 0 : 1
    }
    if (action !== 'sign' && action !== 'send')
      throw new ConfigurationError('The action is `verify`, `sign` or `send`.')
    const request = signFile(scheme, secrets, flags)
    if (action === 'send') return await deliver(request, stdout)
    const { method, headers, body, url = '/' } = request
    stdout.write(formatMessage({ method, target: url, headers, body }))
    return 0
  } catch (error) {
    if (!isUserMistake(error)) throw error
    const unreached = isHawserError(error) && (error.code === 'NETWORK' || error.code === 'TIMEOUT')
    stderr.write(unreached ? `${error.message}\n` : `${error.message}\n\n${usage}`)
    return unreached ? 1 : 2
  }
}

function isUserMistake(error: unknown): error is Error {
  return (
    isHawserError(error) || (error instanceof Error && String(Reflect.get(error, 'code')).startsWith('ERR_PARSE_ARGS'))
  )
}

function schemeOf(vendor: string): SignatureScheme {
  const found = Object.entries(schemes).find(([name]) => name === vendor)
  if (!found)
    throw new ConfigurationError(`There is no vendor \`${vendor}\`. There are: ${Object.keys(schemes).join(', ')}.`)
  return found[1]
}

// Never from the command line: other users of the machine can read it there, and the shell keeps it.
function secretsOf(flags: Flags, env: Console['env']): readonly string[] {
  return (flags['secret-env'] ?? ['HAWSER_WEBHOOK_SECRET']).map((name) => {
    const secret = env[name]
    if (!secret) throw new ConfigurationError(`The variable \`${name}\` that should hold the secret is empty.`)
    // A key in PEM often stands in one line.
    return secret.includes('-----BEGIN') ? secret.replaceAll('\\n', '\n') : secret
  })
}

function verifyFile(scheme: SignatureScheme, secrets: readonly string[], flags: Flags): ReturnType<typeof verify> {
  const { method, target, rawHeaders, body } = parseMessage(read(flags, 'request'))
  const request = { method, url: flags.url ?? urlOf({ target, rawHeaders }), headers: rawHeaders, body }
  // An empty text is no number, though `Number` takes it for 0.
  const toleranceSeconds =
    flags.tolerance === undefined ? undefined : checkNumber('--tolerance', Number(flags.tolerance || Number.NaN), 0)
  return verify(scheme, request, { secrets, toleranceSeconds, now: nowOf(flags), values: valuesOf(flags) })
}

function urlOf({ target, rawHeaders }: Pick<HttpMessage, 'target' | 'rawHeaders'>): string | undefined {
  if (URL.canParse(target)) return target
  const at = rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return at < 0 ? undefined : `https://${rawHeaders[at + 1]}${target}`
}

function signFile(scheme: SignatureScheme, secrets: readonly string[], flags: Flags): SignedRequest {
  const { url, id, header = [] } = flags
  const headers = Object.fromEntries([['content-type', 'application/json'], ...header.map((line) => pair(line, ':'))])
  const now = nowOf(flags)
  const given = { secrets, values: valuesOf(flags), ...(id !== undefined && { id }), ...(now !== undefined && { now }) }
  return sign(scheme, { method: 'POST', url, headers, body: read(flags, 'body') }, given)
}

async function deliver({ method, url, headers, body }: SignedRequest, stdout: Console['stdout']): Promise<number> {
  if (url === undefined) throw new ConfigurationError('`--url` is missing: where to send to.')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigurationError('`--url` is an address that begins with http:// or https://.')
  }
  const transport = axiosTransport()
  const response = await transport({ method, url, headers, body, operation: 'POST webhook', idempotent: false })
  transport.close?.()
  stdout.write(`${response.status}\n`)
  if (response.body instanceof Uint8Array) stdout.write(response.body)
  return response.status >= 200 && response.status < 300 ? 0 : 1
}

function read(flags: Flags, name: 'request' | 'body'): Buffer {
  const path = flags[name]
  if (path === undefined) throw new ConfigurationError(`\`--${name}\` is missing: the file to read.`)
  try {
    return readFileSync(path)
  } catch (error) {
    throw new ConfigurationError(`\`--${name}\` cannot be read. ${error instanceof Error ? error.message : ''}`)
  }
}

function nowOf({ now }: Flags): number | undefined {
  if (now === undefined) return undefined
  const ms = /^\d+$/.test(now) ? Number(now) : Date.parse(now)
  if (Number.isNaN(ms)) throw new ConfigurationError('`--now` is neither ISO 8601 nor milliseconds.')
  return ms
}

function valuesOf({ value = [] }: Flags): Readonly<Record<string, string>> {
  return Object.fromEntries(value.map((text) => pair(text, '=')))
}

function pair(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator)
  if (at < 1) throw new ConfigurationError(`\`${text}\` has no \`${separator}\`.`)
  return [text.slice(0, at), text.slice(at + 1).trim()]
}
