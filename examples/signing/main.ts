import { createHmac, generateKeyPairSync, verify } from 'node:crypto'
import { createServer } from 'node:http'
import { Connector, type Credential, type VendorProfile } from 'hawser'
import { awsSigV4, hmacSigner, httpSignature, parts } from 'hawser/signing'

// A vendor that believes signatures only, and what it says to three ways of signing and to a request that was changed.
// node --import tsx examples/signing/main.ts

const secret = 'a secret of at least thirty-two random bytes'
const { privateKey, publicKey } = generateKeyPairSync('ed25519')

const server = createServer((request, response) => {
  const { method, url = '', headers } = request
  const answer = (status: number, text: string): void => void response.writeHead(status).end(JSON.stringify(text))
  if (headers.authorization?.startsWith('AWS4-HMAC-SHA256'))
    return answer(200, headers.authorization.split(', ')[1] ?? '')
  if (headers['signature-input'] !== undefined) {
    const input = String(headers['signature-input']).slice('sig1='.length)
    const base = `"@method": ${method}\n"@path": ${url}\n"@signature-params": ${input}`
    const signature = Buffer.from(String(headers['signature']).slice('sig1=:'.length, -1), 'base64')
    return answer(verify(null, Buffer.from(base), publicKey, signature) ? 200 : 401, input)
  }
  const expected = createHmac('sha256', secret)
    .update(`${method}\n${url}\n${String(headers['x-time'])}`)
    .digest('hex')
  return answer(headers['x-signature'] === expected ? 200 : 401, `signed at ${String(headers['x-time'])}`)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const baseUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://api.vendor.example' }
}

const credentials: Record<string, Credential> = {
  'an HMAC of the vendor’s own': hmacSigner({
    secret,
    signed: [parts.method, parts.target, parts.timestamp],
    separator: '\n',
    timestamp: { unit: 'seconds', at: { header: 'x-time' } },
    signature: { header: 'x-signature' },
  }),
  'RFC 9421': httpSignature({ algorithm: 'ed25519', key: privateKey, keyId: 'us', components: ['@method', '@path'] }),
  'AWS SigV4': awsSigV4({
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/EXAMPLEKEY',
    region: 'us-east-1',
    service: 'vendor',
  }),
}

for (const [name, auth] of Object.entries(credentials)) {
  const vendor = new Vendor({ auth, baseUrl })
  console.log(`${name}: ${await vendor.http.get<string>('/orders/7')}`)
  vendor.close()
}

const changed = await fetch(`${baseUrl}/orders/8`, { headers: { 'x-time': '1', 'x-signature': 'of /orders/7' } })
console.log(`changed on the way: ${changed.status}`)
server.close()
