import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, serve } from '@hono/node-server'
import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { expect, it } from 'vitest'
import {
  expressHandler,
  fastifyPlugin,
  honoHandler,
  koaMiddleware,
  lambdaHandler,
  nextRoute,
  nodeListener,
  receiver,
  schemes,
  sign,
  sources,
  type Receiver,
} from '../../src/webhooks/index.ts'

const secrets = ['shared']
const path = '/webhooks/github'
/** Not UTF-8, with a byte order mark and a trailing line break: what a parser or a string would not give back. */
const bytes = Buffer.concat([
  Buffer.from('\ufeff{"action":"opened","x":"'),
  Buffer.of(0xff, 0xfe),
  Buffer.from('"}\r\n'),
])
const maxBodyBytes = 64 * 1024

interface Endpoint {
  readonly receive: Receiver
  readonly bodies: Uint8Array[]
}

function endpoint(): Endpoint {
  const bodies: Uint8Array[] = []
  const receive = receiver(sources.github, { secrets, maxBodyBytes }).on('*', ({ body }) => bodies.push(body))
  return { receive, bodies }
}

/** Opens a real socket for each framework. */
const frameworks: Record<string, (receive: Receiver) => Promise<{ port: number; close(): unknown }>> = {
  'node:http': (receive) => listen(createServer(nodeListener(receive))),
  'Express 5': (receive) => {
    const app = express()
    app.post(path, expressHandler(receive))
    app.use(express.json())
    return listen(createServer(app))
  },
  'Express 5 behind express.raw': (receive) => {
    const app = express()
    app.post(path, express.raw({ type: '*/*' }), expressHandler(receive))
    return listen(createServer(app))
  },
  'Express 5 in a mounted router': (receive) => {
    const router = express.Router()
    router.post('/github', expressHandler(receive))
    const app = express()
    app.use('/webhooks', router)
    return listen(createServer(app))
  },
  'Fastify 5': async (receive) => {
    const app = fastify()
    app.post('/other', async ({ body }) => body)
    await app.register(fastifyPlugin(receive, path))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: portOf(app.server), close: () => app.close() }
  },
  Hono: (receive) => {
    const app = new Hono()
    app.post(path, honoHandler(receive))
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
        resolve({ port, close: () => server.close() })
      })
    })
  },
  Koa: (receive) => {
    const app = new Koa()
    app.use(koaMiddleware(receive))
    const callback = app.callback()
    return listen(createServer((request, response) => void callback(request, response)))
  },
  'Next route handler': (receive) => {
    const { POST } = nextRoute(receive)
    return listen(createServer(getRequestListener(POST)))
  },
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

function listen(server: Server): Promise<{ port: number; close(): unknown }> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: portOf(server), close: () => server.close() }))
  })
}

function post(port: number, headers: Record<string, string | string[]>, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', method: 'POST', path: `${path}?a=1`, headers },
      (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

function signedHeaders(body: Uint8Array): Record<string, string> {
  return { ...sign(schemes.github, { headers: {}, body }, { secrets }).headers }
}

it.each(Object.entries(frameworks))('%s keeps every byte of the body', async (_, start) => {
  const { receive, bodies } = endpoint()
  const { port, close } = await start(receive)
  try {
    expect(await post(port, { ...signedHeaders(bytes), 'content-type': 'text/plain' }, bytes)).toBe(200)
    expect(bodies).toHaveLength(1)
    expect(Buffer.from(bodies[0] ?? []).equals(bytes)).toBe(true)
    const json = Buffer.from('{ "action" : "opened" }')
    expect(await post(port, { ...signedHeaders(json), 'content-type': 'application/json' }, json)).toBe(200)
    expect(await post(port, { ...signedHeaders(json), 'content-type': 'application/json' }, bytes)).toBe(401)
    expect(await post(port, { 'content-type': 'application/json' }, json)).toBe(401)
    const sig = signedHeaders(json)['x-hub-signature-256'] ?? ''
    expect(await post(port, { 'x-hub-signature-256': [sig, sig], 'content-type': 'application/json' }, json)).toBe(401)
    expect(bodies).toHaveLength(2)
  } finally {
    await close()
  }
})

it.each(Object.entries(frameworks))(
  '%s answers 413 to a body that is too large, with and without a length',
  async (_, start) => {
    const { receive, bodies } = endpoint()
    const { port, close } = await start(receive)
    try {
      const large = Buffer.alloc(maxBodyBytes + 1, 'x')
      expect(await post(port, signedHeaders(large), large)).toBe(413)
      expect(await post(port, { ...signedHeaders(large), 'transfer-encoding': 'chunked' }, large)).toBe(413)
      const fits = Buffer.alloc(maxBodyBytes, 'x')
      expect(await post(port, { ...signedHeaders(fits), 'content-type': 'text/plain' }, fits)).toBe(200)
      expect(bodies).toHaveLength(1)
    } finally {
      await close()
    }
  },
)

it('Express with a JSON parser before the handler tells how to keep the raw bytes', async () => {
  const { receive, bodies } = endpoint()
  const errors: unknown[] = []
  const app = express()
  app.use(express.json())
  app.post(path, expressHandler(receive))
  app.use((error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    errors.push(error)
    response.status(500).end()
  })
  const { port, close } = await listen(createServer(app))
  try {
    const json = Buffer.from('{"action":"opened"}')
    expect(await post(port, { ...signedHeaders(json), 'content-type': 'application/json' }, json)).toBe(500)
    expect(errors).toMatchObject([{ code: 'WEBHOOK_VERIFICATION', reason: 'body-not-raw' }])
    expect(String(errors[0])).toContain('express.raw')
    expect(bodies).toHaveLength(0)
  } finally {
    close()
  }
})

it('Fastify leaves the parsers of other routes alone', async () => {
  const { receive } = endpoint()
  const app = fastify()
  app.post('/other', async ({ body }) => body)
  await app.register(fastifyPlugin(receive, path))
  const response = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } })
  expect(response.json()).toEqual({ a: 1 })
  await app.close()
})

it('a fetch request whose body was read is refused with advice', async () => {
  const { receive } = endpoint()
  const request = new Request('https://hooks.example/', { method: 'POST', body: 'x' })
  await request.text()
  await expect(receive(request)).rejects.toMatchObject({ reason: 'body-not-raw' })
})

it('Lambda takes format 1.0, format 2.0 and base64', async () => {
  const { receive, bodies } = endpoint()
  const handle = lambdaHandler(receive)
  const json = '{"action":"opened","text":"café"}'
  const v1: Partial<APIGatewayProxyEvent> = {
    httpMethod: 'POST',
    path,
    headers: {},
    multiValueHeaders: Object.fromEntries(
      Object.entries(signedHeaders(Buffer.from(json))).map(([name, value]) => [name.toUpperCase(), [value]]),
    ),
    multiValueQueryStringParameters: null,
    body: json,
    isBase64Encoded: false,
  }
  expect(await handle(v1)).toMatchObject({ statusCode: 200 })
  const v2: Partial<APIGatewayProxyEventV2> = {
    version: '2.0',
    rawPath: path,
    rawQueryString: 'a=1',
    headers: signedHeaders(bytes),
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  }
  expect(await handle(v2)).toMatchObject({ statusCode: 200 })
  expect(await handle({ ...v2, isBase64Encoded: false })).toMatchObject({ statusCode: 401 })
  expect(await handle({})).toMatchObject({ statusCode: 401 })
  const repeated = { ...v1.multiValueHeaders, 'X-HUB-SIGNATURE-256': ['a', 'b'] }
  expect(await handle({ ...v1, multiValueHeaders: repeated })).toMatchObject({ statusCode: 401 })
  expect(bodies.map((body) => Buffer.from(body).toString('hex'))).toEqual([
    Buffer.from(json).toString('hex'),
    bytes.toString('hex'),
  ])
})

it('Lambda gives the URL that was signed, in both formats', async () => {
  const receive = receiver(sources.twilio, { secrets })
  const handle = lambdaHandler(receive)
  const body = 'From=%2B1&To=%2B2'
  const url = 'https://api.example/sms?a=1&b=2'
  const { headers } = sign(schemes.twilio, { url, headers: {}, body }, { secrets })
  const requestContext = { domainName: 'api.example' }
  expect(await handle({ headers, body, rawPath: '/sms', rawQueryString: 'a=1&b=2', requestContext })).toMatchObject({
    statusCode: 200,
  })
  const query = { a: ['1'], b: ['2'] }
  const v1 = { headers, body, path: '/sms', multiValueQueryStringParameters: query, requestContext }
  expect(await handle(v1)).toMatchObject({ statusCode: 200 })
})

it('a sender that breaks off in the middle of the body leaves the server alive', async () => {
  const { receive, bodies } = endpoint()
  const { port, close } = await listen(createServer(nodeListener(receive)))
  try {
    await new Promise<void>((resolve) => {
      const request = httpRequest({
        port,
        host: '127.0.0.1',
        method: 'POST',
        path,
        headers: { 'content-length': '100' },
      })
      request.on('error', () => resolve())
      request.write('half')
      setImmediate(() => request.destroy())
    })
    expect(await post(port, signedHeaders(bytes), bytes)).toBe(200)
    expect(bodies).toHaveLength(1)
  } finally {
    close()
  }
})
