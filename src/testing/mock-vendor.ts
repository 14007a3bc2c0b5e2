import { NetworkError, axiosTransport, type HttpRequest, type HttpResponse, type Runtime, type Transport } from 'hawser'
import { fakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
import { mswFront, unhandled } from './msw-front.ts'
import type { Simulator } from './simulator.ts'

/** A request as the vendor got it. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** By the fake clock. Milliseconds since the Unix epoch. */
  readonly at: number
}

/** How often a fault strikes. */
export interface FaultOptions {
  /** @default 1 */
  readonly times?: number
}

/** A vendor on the test's side of the network. `using` cleans it up. */
export interface MockVendor extends Disposable {
  /** What to give to a connector beside `auth`: `new GitHub({ auth, ...vendor.options })`. */
  readonly options: { readonly transport: Transport; readonly runtime: Runtime }
  readonly clock: FakeClock
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** Answers the next requests with a status of failure. */
  fail(
    status: number,
    options?: FaultOptions & { readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
  ): void
  /** Breaks the connection of the next requests before an answer. */
  reset(options?: FaultOptions): void
  /** Never answers the next requests; the clock runs on to their time limit. */
  hang(options?: FaultOptions): void
}

/** What happens instead of an answer; it is told which send it strikes. */
type Fault = (name: string) => Promise<Response>

/** Marks the requests of one mock vendor, so that two of them can pretend to be at the same address at the same time. */
const mark = 'x-hawser-mock'

/**
 * Catches requests with MSW, below the client's real transport, and lets a simulator answer them. The client's clock is
 * virtual: waits take no time.
 */
export function mockVendor(simulator: Simulator, options: FakeClockOptions = {}): MockVendor {
  const clock = fakeClock(options)
  const id = crypto.randomUUID()
  const requests: ReceivedRequest[] = []
  const faults: Fault[] = []
  const hung = new Map<string, () => void>()
  const failures = new Map<string, unknown>()
  let sent = 0
  const transport = axiosTransport({ proxy: false })
  let front: Promise<() => void> | undefined
  let disposed = false

  async function answer(request: Request): Promise<Response | undefined> {
    const marked = request.headers.get(mark)
    const ours = marked === null ? new URL(request.url).origin === simulator.origin : marked.startsWith(id)
    if (!ours) return undefined
    const headers = Object.fromEntries([...request.headers].filter(([name]) => name !== mark))
    const { method, url } = request
    requests.push({ method, url, headers, body: await request.clone().text(), at: clock.now })
    try {
      const response = await (faults.shift()?.(marked ?? '') ?? simulator.respond(request))
      if (response) return response
      throw unhandled(method, url)
    } catch (error) {
      if (marked === null) throw error
      // Kept for the client that sent it: what MSW makes of a thrown error is not what a socket makes of it.
      failures.set(marked, error)
      return Response.error()
    }
  }

  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    if (disposed) throw new Error('This mock vendor was disposed of; its client is used after the end of the test.')
    const release = clock.hold()
    const name = `${id}/${++sent}`
    try {
      await (front ??= mswFront(answer))
      return await transport({ ...request, headers: { ...request.headers, [mark]: name } })
    } catch (error) {
      throw failures.get(name) ?? error
    } finally {
      failures.delete(name)
      hung.get(name)?.()
      hung.delete(name)
      release()
    }
  }

  const strike = (times: number | undefined, fault: Fault): void => {
    for (let left = times ?? 1; left > 0; left--) faults.push(fault)
  }

  return {
    options: { transport: Object.assign(send, { settings: { name: 'mockVendor' } }), runtime: clock.runtime },
    clock,
    requests,
    fail: (status, { times, headers, body = '' } = {}) =>
      strike(times, async () => new Response(body, { status, ...(headers && { headers }) })),
    reset: ({ times } = {}) =>
      strike(times, async () => {
        throw new NetworkError('The connection was reset.', { phase: 'headers', reason: 'ECONNRESET' })
      }),
    hang: ({ times } = {}) =>
      strike(times, (name) => {
        hung.set(name, clock.hang())
        return new Promise<Response>(() => {})
      }),
    [Symbol.dispose]: () => {
      disposed = true
      transport.close?.()
      void front?.then((close) => close())
    },
  }
}
