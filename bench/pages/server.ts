// Gives out pages of 100 records, each after the time that a vendor takes, and streams as many bytes as it is asked for; in a
// process of its own.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'

const last = 100
const answerMs = 20
const chunk = Buffer.alloc(64 * 1024, 'x')

function pageOf(number: number): string {
  const items = Array.from({ length: 100 }, (_, at) => ({
    id: number * 100 + at,
    title: 'A record',
    text: 'x'.repeat(200),
  }))
  return JSON.stringify({ items, next: number < last ? number + 1 : undefined })
}

function* bytes(left: number): Generator<Buffer> {
  for (; left > 0; left -= chunk.length) yield left < chunk.length ? chunk.subarray(0, left) : chunk
}

const server = createServer(({ url = '/' }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://server')
  if (pathname === '/bytes') {
    Readable.from(bytes(Number(searchParams.get('count')))).pipe(response)
    return
  }
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(pageOf(Number(searchParams.get('page') ?? 1)))
  }, answerMs)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
process.once('disconnect', () => process.exit())
