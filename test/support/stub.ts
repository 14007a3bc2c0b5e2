import type { HttpRequest, HttpResponse } from 'hawser'

/** A request to fill in where a test says nothing about it. */
export function request(over: Partial<HttpRequest> = {}): HttpRequest {
  const base = {
    method: 'GET',
    url: 'https://vendor.test/things',
    headers: {},
    operation: 'GET /things',
    idempotent: true,
  }
  return { ...base, ...over }
}

/** An answer to fill in where a test says nothing about it. */
export function response(status = 200, headers: Record<string, string> = {}, body = ''): HttpResponse {
  return { status, headers, body: Buffer.from(body) }
}

/** A transport that gives one outcome after the other, and the last one for ever. */
export function script(...outcomes: readonly (HttpResponse | Error | (() => Promise<HttpResponse>))[]): {
  send: (request: HttpRequest) => Promise<HttpResponse>
  readonly sent: HttpRequest[]
} {
  const sent: HttpRequest[] = []
  return {
    sent,
    async send(request) {
      const outcome = outcomes[Math.min(sent.length, outcomes.length - 1)]
      sent.push(request)
      if (outcome instanceof Error) throw outcome
      if (outcome === undefined) throw new Error('The script is empty.')
      return typeof outcome === 'function' ? outcome() : outcome
    },
  }
}

/** Counts the listeners that an abort signal has, by watching them come and go. */
export function watched(controller: AbortController = new AbortController()): {
  signal: AbortSignal
  abort: () => void
  listeners: () => number
} {
  const { signal } = controller
  const here = new Set<unknown>()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (type: string, listener: () => void, options?: { once?: boolean }) => {
    here.add(listener)
    addEventListener.call(signal, type, listener, options)
  }
  signal.removeEventListener = (type: string, listener: () => void) => {
    here.delete(listener)
    removeEventListener.call(signal, type, listener)
  }
  addEventListener.call(signal, 'abort', () => here.clear())
  return { signal, abort: () => controller.abort(new Error('stop')), listeners: () => here.size }
}
