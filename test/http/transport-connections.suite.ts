import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { selfSigned } from '../support/certificate.ts'
import { eventually, failureOf, loopback } from '../support/loopback.ts'
import { ask, type MakeTransport } from './transport-under-test.ts'

/** A proxy that makes tunnels, or refuses to. */
async function tunnelProxy(status: 200 | 407): Promise<{ url: string; asked: string[] } & AsyncDisposable> {
  const asked: string[] = []
  const server: Server = createServer()
  server.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
    socket.on('error', () => {})
    if (status === 407) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const [host, port] = request.url?.split(':') ?? []
    const vendor = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      vendor.pipe(socket).pipe(vendor)
    })
    vendor.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://user:canary-proxy@127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const basic = `Basic ${Buffer.from('user:canary-proxy').toString('base64')}`

/** Pools, TLS and proxies. */
export function connectionSuite(make: MakeTransport): void {
  it('keeps connections alive, closes idle ones when told to, and goes on with a new one', async () => {
    await using server = await loopback((_, response) => response.end('ok'))
    const send = make()
    for (let call = 0; call < 5; call++) await send(ask(server.url))
    // undici takes a second connection while the first one is still putting its last answer away.
    expect(server.sockets.size).toBeLessThanOrEqual(2)
    send.close?.()
    await eventually(() => server.sockets.size === 0)
    expect((await send(ask(server.url))).status).toBe(200)
    send.close?.()
  })

  it('opens no more connections than it may', async () => {
    let most = 0
    await using server = await loopback((_, response) => {
      most = Math.max(most, server.sockets.size)
      setTimeout(() => response.end(), 10)
    })
    const send = make({ maxConnections: 3 })
    await Promise.all(Array.from({ length: 20 }, () => send(ask(server.url))))
    expect(most).toBe(3)
    expect(server.requests).toHaveLength(20)
  })

  it('trusts a certificate of the caller’s own, and shows one where the server asks for it', async () => {
    const [server, client] = [selfSigned(), selfSigned()]
    await using vendor = await loopback((_, response) => response.end('ok'), {
      ...server,
      ca: client.cert,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const known = await make({ proxy: false, tls: { ca: server.cert, ...client } })(ask(vendor.url))
    expect(String(known.body)).toBe('ok')
    const stranger = await failureOf(make({ proxy: false, tls: { ca: server.cert } })(ask(vendor.url)))
    expect(stranger).toMatchObject({ code: 'NETWORK' })
    expect(vendor.requests).toHaveLength(1)
  })

  it.each([
    ['is not known', selfSigned(), false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['has expired', selfSigned('127.0.0.1', new Date('2021-01-01')), true, 'CERT_HAS_EXPIRED'],
    ['is for another host', selfSigned('127.0.0.2'), true, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('sends nothing to a server whose certificate %s', async (_, certificate, trusted, reason) => {
    await using vendor = await loopback((_, response) => response.end('ok'), { ...certificate })
    const send = make({ proxy: false, ...(trusted && { tls: { ca: certificate.cert } }) })
    await expect(send(ask(vendor.url))).rejects.toMatchObject({ code: 'NETWORK', phase: 'connect', reason })
    expect(vendor.requests).toEqual([])
  })

  it('names a server that speaks no TLS, and one that ends the handshake, as failures to connect', async () => {
    await using plain = await loopback((_, response) => response.end())
    const send = make({ proxy: false })
    await expect(send(ask(plain.url.replace('http:', 'https:')))).rejects.toMatchObject({ phase: 'connect' })
    const server = createServer().on('connection', (socket) => socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await expect(send(ask(`https://127.0.0.1:${port}/`))).rejects.toMatchObject({ phase: 'connect' })
    server.close()
  })

  it('sends plain http through a proxy, with the proxy’s own password', async () => {
    await using proxy = await loopback((_, response) => response.end('by proxy'))
    const send = make({ proxy: proxy.url.replace('//', '//user:canary-proxy@') })
    expect(String((await send(ask('http://vendor.example/things?a=1'))).body)).toBe('by proxy')
    expect(proxy.requests[0]).toMatchObject({
      url: 'http://vendor.example/things?a=1',
      headers: { host: 'vendor.example', 'proxy-authorization': basic },
    })
  })

  it('sends https through a tunnel of the proxy', async () => {
    const certificate = selfSigned()
    await using vendor = await loopback((_, response) => response.end('through'), { ...certificate })
    await using proxy = await tunnelProxy(200)
    const send = make({ proxy: proxy.url, tls: { ca: certificate.cert } })
    expect(String((await send(ask(vendor.url))).body)).toBe('through')
    expect(proxy.asked).toEqual([`${new URL(vendor.url).host} ${basic}`])
    expect(vendor.requests[0]?.headers['proxy-authorization']).toBeUndefined()
    send.close?.()
  })

  it('sends through a proxy that the environment names, and leaves its password out of every error', async () => {
    await using proxy = await loopback((asked) => asked.socket.destroy())
    process.env['HTTP_PROXY'] = proxy.url.replace('//', '//user:canary-proxy@')
    try {
      const error = await failureOf(make()(ask('http://vendor.example/')))
      expect(proxy.requests).toHaveLength(1)
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain('canary-proxy')
      expect(await failureOf(make({ proxy: false })(ask('http://no-such-host.invalid/')))).toMatchObject({
        phase: 'connect',
      })
      expect(proxy.requests).toHaveLength(1)
    } finally {
      delete process.env['HTTP_PROXY']
    }
  })

  it('sends nothing to the vendor where the proxy refuses the tunnel', async () => {
    await using vendor = await loopback((_, response) => response.end(), { ...selfSigned() })
    await using proxy = await tunnelProxy(407)
    const outcome = await make({ proxy: proxy.url })(ask(vendor.url)).catch((error: unknown) => error)
    expect(outcome).toMatchObject(outcome instanceof Error ? { code: 'NETWORK', phase: 'connect' } : { status: 407 })
    expect(inspect(outcome, { depth: null, showHidden: true })).not.toContain('canary-proxy')
    expect(vendor.requests).toEqual([])
  })
}
