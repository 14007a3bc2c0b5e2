import {
  createHash,
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  type BinaryLike,
  type Hash,
  type Hmac,
} from 'node:crypto'
import { inspect } from 'node:util'
import { SignatureV4 } from '@smithy/signature-v4'
import axios from 'axios'
import { createVerifier, httpbis } from 'http-message-signatures'
import { expect, it } from 'vitest'
import { Connector, axiosTransport, path, type ConnectorOptions, type Credential, type VendorProfile } from 'hawser'
import { awsSigV4, hmacSigner, httpSignature, parts } from 'hawser/signing'
import { undiciTransport } from 'hawser/undici'
import { loopback, type Handle, type Loopback } from '../support/loopback.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'vendor',
    baseUrl: 'https://vendor.test',
    errors: { message: (body) => body?.message },
    idempotency: { header: 'idempotency-key' },
  }
}

const canary = 'c4n4ryv4lue0042/+='
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const aws = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: canary, sessionToken: 'c4n4ry-of-a-session/+=' }

/** A credential, and what a vendor does to see whether it believes a request: with code of somebody else's, or its own. */
interface Signer {
  readonly credential: () => Credential
  readonly believes: (seen: Seen, origin: string) => Promise<boolean>
}
type Seen = Loopback['requests'][number]

const signers: Record<string, Signer> = {
  awsSigV4: {
    credential: () => awsSigV4({ ...aws, region: 'r', service: 'execute-api' }),
    believes: async (seen) => believesAws(seen, 'execute-api'),
  },
  'awsSigV4 for S3': {
    credential: () => awsSigV4({ ...aws, region: 'r', service: 's3' }),
    believes: async (seen) => believesAws(seen, 's3'),
  },
  httpSignature: {
    credential: () =>
      httpSignature({
        algorithm: 'ecdsa-p256-sha256',
        key: pair.privateKey,
        keyId: 'k',
        components: covered,
        nonce: true,
      }),
    believes: async ({ method, url, headers, body }, origin) => {
      const digest = `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
      const key = { verify: createVerifier(createPublicKey(pair.privateKey), 'ecdsa-p256-sha256') }
      const message = { method, url: origin + url, headers: headersOf(headers) }
      const signed = await httpbis.verifyMessage({ keyLookup: async () => key, requiredFields: covered }, message)
      return signed === true && headers['content-digest'] === digest
    },
  },
  hmacSigner: {
    credential: () =>
      hmacSigner({
        secret: canary,
        keyId: 'k',
        signed: [
          parts.method,
          parts.host,
          parts.target,
          parts.header('accept'),
          parts.timestamp,
          parts.nonce,
          parts.body,
        ],
        separator: '\n',
        timestamp: { unit: 'milliseconds', at: { header: 'x-time' } },
        nonce: { at: { query: 'nonce' } },
        signature: { header: 'authorization', prefix: 'VENDOR ' },
        format: (signature, { keyId }) => `${keyId}:${signature}`,
      }),
    believes: async ({ method, url, headers, body }) => {
      const nonce = new URLSearchParams(url.split('?')[1]).get('nonce') ?? ''
      const lines = [method, headers.host, url, headers.accept, headers['x-time'], nonce, ''].join('\n')
      const signature = createHmac('sha256', canary).update(lines).update(body).digest('hex')
      return headers.authorization === `VENDOR k:${signature}`
    },
  },
}

const covered = [
  '@method',
  '@target-uri',
  'accept',
  'accept-encoding',
  'x-note',
  'idempotency-key',
  'content-digest',
  'date',
]

function headersOf(headers: Seen['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

class Sha256 {
  readonly #hash: Hash | Hmac
  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as BinaryLike)
  }
  update(data: Uint8Array): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

async function believesAws({ method, url, headers, body }: Seen, service: string): Promise<boolean> {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? []
  // The wire is read as a vendor reads it: the query decoded, `+` as it is written.
  const [bare = '', search = ''] = url.split('?')
  const query: Record<string, string[]> = {}
  for (const pair of search.split('&').filter(Boolean)) {
    const [name = '', value = ''] = pair.split('=').map(decodeURIComponent)
    ;(query[name] ??= []).push(value)
  }
  const { secretAccessKey, accessKeyId, sessionToken } = aws
  const smithy = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    region: 'r',
    service,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  })
  const covered = Object.entries(headersOf(headers)).filter(([name]) => names.split(';').includes(name))
  const time = String(headers['x-amz-date']).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z')
  const again = await smithy.sign(
    {
      method,
      protocol: 'http:',
      hostname: String(headers.host),
      path: bare,
      query,
      headers: Object.fromEntries(covered.filter(([name]) => name !== 'x-amz-content-sha256')),
      body,
    },
    { signingDate: new Date(time) },
  )
  for (const name of ['accept', 'accept-encoding', 'content-type', 'x-note']) {
    if (headers[name] !== undefined && !names.split(';').includes(name)) return false
  }
  return again.headers['authorization'] === headers.authorization
}

const transports: [string, () => ConnectorOptions['transport'] & object][] = [
  ['axios', () => axiosTransport({ proxy: false })],
  // Its interceptors and defaults run behind the signature.
  [
    'an instance of axios',
    () => axiosTransport({ instance: axios.create({ headers: { 'x-default': 'd' } }), proxy: false }),
  ],
  ['undici', () => undiciTransport({ proxy: false })],
]

function vendorAt(
  server: Loopback,
  auth: Credential,
  transport: ConnectorOptions['transport'] & object,
  more: object = {},
): Vendor {
  return new Vendor({ auth, baseUrl: server.url, transport, retry: { backoff: () => 1 }, ...more })
}

const cases = transports.flatMap(([name, transport]) =>
  Object.entries(signers).map(([signer, { credential, believes }]) => ({
    name,
    signer,
    transport,
    credential,
    believes,
  })),
)

it.each(cases)('arrives as it was signed: $signer over $name', async ({ transport, credential, believes }) => {
  await using server = await loopback((_, response) => response.end('{}'))
  const sent = transport()
  const { http } = vendorAt(server, credential(), sent)
  const headers = { 'x-note': ' a  "b"   c ', accept: 'application/json', 'accept-encoding': 'gzip' }
  const odd = `a b/ü(1)'!*~+&=?#%25`
  const query = { q: `x y+z'(é)*~!`, list: ['b', 'a'], empty: '', 'a-b': '&=', a: '%2F' }
  await http.get(path`/things/${odd}/x;y=1,2:@$`, { query, headers: { ...headers, 'idempotency-key': 'i' } })
  await http.post('/things//twice/?k', { query, headers, json: { text: 'é€😀', n: 1 } })
  await http.put('/things', { headers: { ...headers, 'idempotency-key': 'i' }, form: { a: 'b c', d: 'é' } })
  await http.patch('/things', { headers: { ...headers, 'idempotency-key': 'i' }, body: Buffer.from([0, 255, 10, 13]) })
  await http.delete('/things', { headers: { ...headers, 'idempotency-key': 'i' } })
  expect(server.requests).toHaveLength(5)
  for (const seen of server.requests) {
    expect({ url: seen.url, believed: await believes(seen, server.url) }).toEqual({ url: seen.url, believed: true })
    // The same question, asked of something that was changed on the way.
    expect(await believes({ ...seen, url: `${seen.url}${seen.url.includes('?') ? '&' : '?'}more=1` }, server.url)).toBe(
      false,
    )
    expect(await believes({ ...seen, body: Buffer.concat([seen.body, Buffer.from('x')]) }, server.url)).toBe(false)
    expect(await believes({ ...seen, method: 'TRACE' }, server.url)).toBe(false)
  }
  const [first] = server.requests
  expect(decodeURIComponent(first?.url.split('/')[2] ?? '')).toBe(odd)
  expect([...new URLSearchParams(first?.url.split('?')[1])].filter(([name]) => name !== 'nonce')).toEqual([
    ['q', `x y+z'(é)*~!`],
    ['list', 'b'],
    ['list', 'a'],
    ['empty', ''],
    ['a-b', '&='],
    ['a', '%2F'],
  ])
  sent.close?.()
})

it.each(Object.entries(signers))(
  'is signed anew for every attempt and every hop: %s',
  async (_, { credential, believes }) => {
    const answers: Handle[] = [
      (_, response) => response.writeHead(503).end(),
      (_, response) => response.writeHead(307, { location: '/elsewhere?x=1' }).end(),
      (_, response) => response.end('{}'),
    ]
    await using server = await loopback((...given) => answers.shift()?.(...given))
    const { http } = vendorAt(server, credential(), axiosTransport({ proxy: false }))
    const headers = { 'x-note': 'n', 'accept-encoding': 'gzip' }
    await http.put('/things', { json: { a: 1 }, headers: { ...headers, 'idempotency-key': 'i' } })
    expect(server.requests.map(({ url }) => url.split('?')[0])).toEqual(['/things', '/things', '/elsewhere'])
    for (const seen of server.requests) expect(await believes(seen, server.url)).toBe(true)
    const nonces = server.requests.map(
      (seen) => /nonce="?([\da-f-]{36})/.exec(JSON.stringify(seen).replaceAll('\\', ''))?.[1],
    )
    const expected = nonces[0] === undefined ? 1 : 3
    expect(new Set(nonces).size).toBe(expected)
  },
)

const failures: [string, Handle][] = [
  [
    'an answer that repeats all it got',
    (request, response, body) =>
      response.writeHead(403).end(
        JSON.stringify({
          message: `${JSON.stringify(request.headers)} ${request.url} ${String(body)}`.slice(0, 900),
        }),
      ),
  ],
  ['no answer', (request) => request.socket.resetAndDestroy()],
]

it.each(failures)('shows no secret and no signature after %s', async (_, handle) => {
  for (const { credential } of Object.values(signers)) {
    await using server = await loopback(handle)
    const events: unknown[] = []
    const auth = credential()
    const onEvent = (event: unknown): number => events.push(event)
    const vendor = vendorAt(server, auth, axiosTransport({ proxy: false }), { retry: false, onEvent })
    const headers = { 'x-note': 'n', 'accept-encoding': 'gzip', 'idempotency-key': 'i' }
    const error: unknown = await vendor.http.get('/things', { headers }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Error)
    const [seen] = server.requests
    const signature =
      /(?:Signature=|sig1=:|VENDOR k:)([^:]+)/.exec(JSON.stringify(seen?.headers))?.[1]?.slice(0, 40) ?? 'none'
    expect(signature).toHaveLength(40)
    const inspected = inspect([error, events, auth, vendor, vendor.describe()], { depth: null, showHidden: true })
    const shown =
      inspected + JSON.stringify([error, (error as { body?: unknown }).body, events, auth, vendor.describe()])
    expect(shown).not.toContain('c4n4ry')
    expect(shown).not.toContain(signature)
  }
})
