// Records what a real server answers, without its secrets, and replays it with the server gone.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { CassetteSecretError, mockVendor, record, replayCassette } from 'hawser/testing'

// A server of one's own, such as an enterprise host; leave `baseUrl` out and it is GitHub.
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  if (request.url === '/user') response.end(JSON.stringify({ login: 'octocat', plan: request.headers.authorization }))
  else response.end(Buffer.concat([Buffer.from([0xff]), Buffer.from(String(request.headers.authorization))]))
})
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const folder = mkdtempSync(join(tmpdir(), 'hawser-'))
const file = join(folder, 'user.json')
const auth = bearer('a-token-of-mine')
const recorder = record({ file })
const github = new GitHub({ auth, baseUrl, transport: recorder.transport })
await github.users.me()
await recorder.save()
console.log(readFileSync(file, 'utf8'))

await github.http.bytes('/archive')
const refusal: unknown = await recorder.save().catch((error: unknown) => error)
if (refusal instanceof CassetteSecretError) console.log('not written, for a secret in', refusal.places)

github.close()
server.close()
{
  using vendor = mockVendor(replayCassette(file))
  const offline = new GitHub({ auth: bearer('none'), baseUrl, ...vendor.options })
  console.log('replayed:', (await offline.users.me()).login)
}
rmSync(folder, { recursive: true })
