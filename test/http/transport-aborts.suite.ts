import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { AbortedError } from 'hawser'
import { eventually, loopback } from '../support/loopback.ts'
import { watched } from '../support/stub.ts'
import { ask, type MakeTransport } from './transport-under-test.ts'

const endless = (): Readable =>
  new Readable({
    read() {
      setTimeout(() => this.push('x'), 20)
    },
  })

/** An abort, in every phase. */
export function abortSuite(make: MakeTransport): void {
  it.each(['before the headers', 'within the body', 'within a compressed body', 'within an upload'])(
    'ends at an abort %s and leaves no socket',
    async (phase) => {
      await using server = await loopback((_, response) => {
        if (phase === 'within the body') response.writeHead(200).write('half')
        if (phase === 'within a compressed body') response.writeHead(200, { 'content-encoding': 'gzip' }).write('\x1f')
      })
      const controller = new AbortController()
      const upload = phase === 'within an upload' ? { method: 'PUT', body: endless } : {}
      const call = make()(ask(server.url, { signal: controller.signal, ...upload }))
      call.catch(() => {})
      if (phase === 'within an upload') await eventually(() => server.sockets.size === 1)
      else await eventually(() => server.requests.length === 1)
      controller.abort(new Error('enough'))
      await expect(call).rejects.toThrow(AbortedError)
      await eventually(() => server.sockets.size === 0)
    },
  )

  it('sends nothing where the abort comes before the connection', async () => {
    await using server = await loopback((_, response) => response.end())
    const send = make()
    const controller = new AbortController()
    const call = send(ask(server.url, { signal: controller.signal }))
    call.catch(() => {})
    await Promise.resolve()
    controller.abort()
    await expect(call).rejects.toThrow(AbortedError)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.requests).toEqual([])
    send.close?.()
    await eventually(() => server.sockets.size === 0)
  })

  it('sends nothing for a signal that has aborted', async () => {
    await using server = await loopback((_, response) => response.end())
    await expect(make()(ask(server.url, { signal: AbortSignal.abort() }))).rejects.toThrow(AbortedError)
    expect(server.requests).toEqual([])
  })

  it('leaves no listener on the signal, whatever becomes of the call', async () => {
    await using server = await loopback((asked, response) =>
      asked.url === '/cut' ? asked.socket.destroy() : response.end('ok'),
    )
    const { signal, listeners } = watched()
    const send = make()
    await send(ask(server.url, { signal }))
    await send(ask(`${server.url}/cut`, { signal })).catch(() => {})
    await send(ask('http://127.0.0.1:1/', { signal })).catch(() => {})
    await eventually(() => listeners() === 0)
  })
}
