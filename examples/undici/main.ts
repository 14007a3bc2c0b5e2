// The same connector on the fast transport: nothing else changes.
import { createServer } from 'node:http'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { undiciTransport } from 'hawser/undici'

const server = createServer((_, response) => response.end('{"login":"octocat"}'))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' ? address?.port : undefined

const github = new GitHub({
  auth: bearer('a-token'),
  baseUrl: `http://127.0.0.1:${port}`,
  transport: undiciTransport({ maxConnections: 20, connectTimeoutMs: 5_000 }),
})
const { login } = await github.http.get<{ login: string }>('/user')
console.log(login, 'by', github.describe().transport.name)

github.close()
server.close()
