// Answers every request with 1 kB of JSON, in a process of its own, so that its CPU time is not the client's.
import { createServer } from 'node:http'

const item = JSON.stringify({ id: 1, title: 'An item', tags: ['a', 'b'], text: 'x'.repeat(960) })
const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(item) }

const server = createServer((_, response) => response.writeHead(200, headers).end(item))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
