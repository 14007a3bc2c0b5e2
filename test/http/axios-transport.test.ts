import axios, { type AxiosProxyConfig } from 'axios'
import axiosRetry from 'axios-retry'
import { expect, it } from 'vitest'
import { HawserError, axiosTransport } from 'hawser'
import { loopback } from '../support/loopback.ts'
import { ask } from './transport-under-test.ts'
import { transportSuite } from './transport.suite.ts'

transportSuite(({ maxResponseBytes, maxConnections, proxy, tls } = {}) =>
  axiosTransport({
    ...(maxResponseBytes !== undefined && { maxResponseBytes }),
    ...(proxy !== undefined && { proxy: proxy === false ? false : axiosProxy(proxy) }),
    agent: { ...(maxConnections !== undefined && { maxSockets: maxConnections }), ...tls },
  }),
)

function axiosProxy(text: string): AxiosProxyConfig {
  const { protocol, hostname, port, username, password } = new URL(text)
  return { protocol, host: hostname, port: Number(port), auth: { username, password } }
}

it('is the only retry owner, also on an instance that has axios-retry on it', async () => {
  await using server = await loopback((_, response) => response.writeHead(503).end())
  const instance = axios.create()
  axiosRetry(instance, { retries: 3, retryCondition: () => true, validateResponse: () => false })
  const answer = await axiosTransport({ instance })(ask(server.url)).catch((error: unknown) => error)
  expect(server.requests).toHaveLength(1)
  expect(answer instanceof HawserError || (typeof answer === 'object' && answer !== null && 'status' in answer)).toBe(
    true,
  )
})
