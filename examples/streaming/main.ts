// Large bodies both ways, in constant memory, and a multipart upload.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Connector, anonymous, type VendorProfile } from 'hawser'

class Files extends Connector {
  static override readonly profile: VendorProfile = { name: 'files', baseUrl: 'https://files.example' }
}

const server = createServer((request, response) => {
  if (request.method === 'GET')
    return void Readable.from(Array.from({ length: 64 }, () => Buffer.alloc(65_536))).pipe(response)
  let bytes = 0
  request
    .on('data', (chunk: Buffer) => (bytes += chunk.length))
    .on('end', () => response.end(JSON.stringify({ bytes })))
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const files = new Files({ auth: anonymous(), baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })

let received = 0
for await (const chunk of await files.http.stream('/export')) if (chunk instanceof Uint8Array) received += chunk.length
console.log('received', received, 'bytes')

// A function that opens the stream: a retry opens it anew.
const body = (): Readable => Readable.from(Array.from({ length: 32 }, () => Buffer.alloc(65_536)))
console.log('sent', await files.http.put('/import', { body }))

const form = new FormData()
form.append('note', 'with a file')
form.append('file', new Blob(['name,knots\nPequod,9\n'], { type: 'text/csv' }), 'ships.csv')
console.log('sent a form', await files.http.post('/forms', { multipart: form }))

files.close()
server.close()
