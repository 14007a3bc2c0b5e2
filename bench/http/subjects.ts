import type { Connector as ConnectorBase, Transport, VendorProfile } from 'hawser'

/** A way to get the item. */
export interface Subject {
  readonly get: () => Promise<unknown>
}

const token = 'token-0123456789'
const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
// As many as hawser's bulkhead lets onto the wire, so that nobody has more sockets than the others at the bars.
const connections = 50

/** A connector with its whole standard stack, and a connection whose access token is kept fresh. */
async function hawserOver(transport: Transport, baseUrl: string): Promise<Subject> {
  const { Connector, tokenCredential, tokenSource } = await import('hawser')
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = { name: 'bench', baseUrl: 'https://bench.example' }
  }
  const source = tokenSource({
    connection: 'bench',
    grant: {
      kind: 'bench',
      unattended: true,
      obtain: async ({ runtime }) => {
        const obtainedAt = runtime.now()
        const main = { accessToken: token, obtainedAt, expiresAt: obtainedAt + 3_600_000 }
        return { raw: '', read: () => ({ main }) }
      },
    },
  })
  const vendor: ConnectorBase = new Vendor({ auth: tokenCredential(source), baseUrl, transport })
  return { get: () => vendor.http.get('/items/1') }
}

const naive = 'axios + cockatiel + bottleneck'

/** Those that take milliseconds a call, and so make a tenth of the calls. */
export const slow: readonly string[] = [naive]

/** Everybody sends the same two headers, and parses the answer. Each loads only what it needs: it has a process of its own. */
export const subjects: Readonly<Record<string, (origin: string) => Promise<Subject>>> = {
  'undici `request` on a pool': async (origin) => {
    const { Pool } = await import('undici')
    const pool = new Pool(origin, { connections })
    return { get: async () => (await pool.request({ path: '/items/1', method: 'GET', headers })).body.json() }
  },
  '**hawser on `undiciTransport`, whole stack**': async (origin) =>
    hawserOver((await import('hawser/undici')).undiciTransport(), origin),
  '**hawser on `axiosTransport`, whole stack**': async (origin) =>
    hawserOver((await import('hawser')).axiosTransport(), origin),
  'axios, as it comes': async (origin) => {
    const { default: axios } = await import('axios')
    return { get: async () => (await axios.get<unknown>(`${origin}/items/1`, { headers })).data }
  },
  'axios + axios-retry': async (origin) => {
    const { default: axios } = await import('axios')
    const { default: axiosRetry } = await import('axios-retry')
    const retrying = axios.create()
    axiosRetry(retrying, { retries: 3 })
    return { get: async () => (await retrying.get<unknown>(`${origin}/items/1`, { headers })).data }
  },
  [naive]: async (origin) => {
    const { default: axios } = await import('axios')
    const { ConsecutiveBreaker, ExponentialBackoff, TimeoutStrategy, ...cockatiel } = await import('cockatiel')
    const { default: Bottleneck } = await import('bottleneck')
    const { bulkhead, circuitBreaker, handleAll, retry, timeout, wrap } = cockatiel
    const policies = wrap(
      timeout(60_000, TimeoutStrategy.Cooperative),
      retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
      circuitBreaker(handleAll, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) }),
      bulkhead(connections, 1_000),
      timeout(30_000, TimeoutStrategy.Cooperative),
    )
    const limiter = new Bottleneck({ maxConcurrent: connections })
    const get = async (): Promise<unknown> => {
      const { data } = await policies.execute(({ signal }) =>
        axios.get<unknown>(`${origin}/items/1`, { headers, signal }),
      )
      return data
    }
    return { get: () => limiter.schedule(get) }
  },
  'got, without retries': async (origin) => {
    const { got } = await import('got')
    const impatient = got.extend({ headers, retry: { limit: 0 } })
    return { get: () => impatient(`${origin}/items/1`).json() }
  },
  'ky, without retries': async (origin) => {
    const { default: ky } = await import('ky')
    return { get: () => ky(`${origin}/items/1`, { headers, retry: 0 }).json() }
  },
  'gaxios, as it comes': async (origin) => {
    const { Gaxios } = await import('gaxios')
    const gaxios = new Gaxios({ headers })
    return { get: async () => (await gaxios.request<unknown>({ url: `${origin}/items/1` })).data }
  },
  '@octokit/request, as it comes': async (origin) => {
    const { request } = await import('@octokit/request')
    const asked = request.defaults({ baseUrl: origin, headers })
    return { get: async () => (await asked('GET /items/{id}', { id: 1 })).data }
  },
}
