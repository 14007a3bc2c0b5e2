import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'

/** A good answer, and when it was new. */
interface KeptAnswer {
  readonly response: HttpResponse
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** Buffered answers to reads of one credential; the least recently kept go first. */
export interface KeptAnswers {
  get(request: HttpRequest): KeptAnswer | undefined
  keep(request: HttpRequest, response: HttpResponse, at: number): void
}

/** Makes an empty store of at most so many answers, and of so many bytes in their bodies. */
export function createKeptAnswers(maxEntries: number, maxBytes: number = Infinity): KeptAnswers {
  const kept = new Map<string, KeptAnswer>()
  let bytes = 0

  function forget(key: string): void {
    const old = kept.get(key)
    if (!old) return
    kept.delete(key)
    bytes -= sizeOf(old.response)
  }

  return {
    get: (request) => kept.get(keyOf(request)),
    keep(request, response, at) {
      const key = keyOf(request)
      forget(key)
      if (sizeOf(response) > maxBytes) return
      kept.set(key, { response: copyOf(response), at })
      bytes += sizeOf(response)
      for (const [oldest] of kept) {
        if (kept.size <= maxEntries && bytes <= maxBytes) break
        forget(oldest)
      }
    },
  }
}

/** Tells whether a request is one whose answer can be kept. */
export function isKeepable({ method, stream }: HttpRequest): boolean {
  return method === 'GET' && !stream
}

/** What is kept belongs to nobody else: a reader may change the bytes that it got. */
export function copyOf(response: HttpResponse): HttpResponse {
  return response.body instanceof Uint8Array ? { ...response, body: Buffer.from(response.body) } : response
}

function sizeOf({ body }: HttpResponse): number {
  return body instanceof Uint8Array ? body.length : 0
}

// They differ with each call, and say nothing about what is asked for.
const ofTraces: ReadonlySet<string> = new Set(['traceparent', 'tracestate', 'baggage'])

/** The same address asked in another format, or for another of the vendor's accounts, is another answer. */
function keyOf({ url, headers }: HttpRequest): string {
  const asked = Object.entries(headers).filter(([name]) => !ofTraces.has(name))
  return JSON.stringify([url, asked.toSorted(([a], [b]) => (a < b ? -1 : 1))])
}
