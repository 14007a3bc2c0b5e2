import type { Simulator } from './simulator.ts'

/** One recorded exchange, as `@octokit/fixtures` writes it. */
export interface Recording {
  readonly method: string
  /** With its query. */
  readonly path: string
  /** What was sent; compared where it is not empty. */
  readonly body?: unknown
  readonly status: number
  readonly response: unknown
  /** Of the answer. */
  readonly headers?: Readonly<Record<string, string | number>>
}

/** @see https://fetch.spec.whatwg.org/#null-body-status */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** Options of {@link replay}. */
export interface ReplayOptions {
  readonly origin: string
  /** Other addresses whose answers are among the recordings. @default none */
  readonly origins?: readonly string[]
}

/**
 * Answers with recorded answers, in any order and as often as asked. URLs of the recorded origin inside headers are moved to
 * the origin that was asked, so that `Link` pages work on a loopback server too.
 */
export function replay(recordings: readonly Recording[], options: ReplayOptions): Simulator {
  const { origin, origins = [] } = options
  return {
    origin,
    origins,
    async respond(request) {
      const url = new URL(request.url)
      const sent = request.body ? await request.text() : ''
      const recording = recordings.find((recorded) => matches(recorded, request.method, url, sent))
      if (!recording) return undefined
      const { status, response } = recording
      const headers = new Headers()
      for (const [name, value] of Object.entries(recording.headers ?? {})) {
        // The recorded body was perhaps compressed and chunked; this one is neither.
        if (/^(?:content-length|content-encoding|transfer-encoding|connection)$/i.test(name)) continue
        headers.set(name, String(value).replaceAll(origin, url.origin))
      }
      const body = typeof response === 'string' ? response : JSON.stringify(response)
      return new Response(bodiless.has(status) ? null : body, { status, headers })
    },
  }
}

function matches({ method, path, body }: Recording, askedMethod: string, asked: URL, sent: string): boolean {
  const recorded = new URL(path, asked)
  if (method.toUpperCase() !== askedMethod || recorded.pathname !== asked.pathname) return false
  if (![...recorded.searchParams].every(([name, value]) => asked.searchParams.get(name) === value)) return false
  return body === undefined || body === '' || sameJson(body, sent)
}

function sameJson(recorded: unknown, sent: string): boolean {
  try {
    return JSON.stringify(sorted(recorded)) === JSON.stringify(sorted(JSON.parse(sent)))
  } catch {
    return recorded === sent
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
