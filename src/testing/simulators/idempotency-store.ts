import { createHash } from 'node:crypto'
import type { Reply, SimulatedFailure } from './reply.ts'

/** What a store compares. */
interface Write {
  readonly key: string
  readonly method: string
  readonly url: URL
  readonly bytes: Uint8Array
  /** Whose key it is. */
  readonly owner: string
  readonly now: number
}

/** How a vendor handles keys. */
export interface IdempotencyRules {
  readonly reused: SimulatedFailure
  readonly replayed: readonly [string, string] | undefined
  readonly keepMs: number
  /** Tells by its status whether an answer is kept. */
  readonly keeps: (status: number) => boolean
}

/** Answers of writes that were done, by their keys. */
export interface IdempotencyStore {
  /** Does a write once: the same write again gets the same answer, another one under the same key is refused. */
  once(write: Write, work: () => Promise<Response>, refused: (reply: Reply) => Response): Promise<Response>
}

interface Done {
  readonly fingerprint: string
  readonly until: number
  readonly answer: Promise<{
    readonly status: number
    readonly headers: readonly [string, string][]
    readonly body: ArrayBuffer
  }>
  over: boolean
}

/** Makes an empty store. @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header#section-2.6 */
export function idempotencyStore({ reused, replayed, keepMs, keeps }: IdempotencyRules): IdempotencyStore {
  const known = new Map<string, Done>()
  return {
    async once(write, work, refused) {
      const name = `${write.owner}\n${write.key}`
      const fingerprint = fingerprintOf(write)
      const before = known.get(name)
      if (before && before.until > write.now) {
        if (before.fingerprint !== fingerprint) return refused({ failure: reused })
        if (!before.over) {
          const message = 'A request with this idempotency key is under way.'
          return refused({ failure: { status: 409, message, code: 'idempotency_key_in_use' } })
        }
        const { status, headers, body } = await before.answer
        return new Response(body.byteLength === 0 ? null : body, {
          status,
          headers: replayed ? [...headers, [...replayed]] : [...headers],
        })
      }
      const response = work()
      const answer = response.then(async (given) => {
        const body = await given.clone().arrayBuffer()
        return { status: given.status, headers: [...given.headers], body }
      })
      const done: Done = { fingerprint, until: write.now + keepMs, answer, over: false }
      known.set(name, done)
      try {
        const { status } = await answer
        if (!keeps(status)) known.delete(name)
        done.over = true
      } catch (error) {
        known.delete(name)
        throw error
      }
      return response
    },
  }
}

function fingerprintOf({ method, url, bytes }: Write): string {
  return createHash('sha256').update(`${method} ${url.pathname}${url.search}\n`).update(bytes).digest('hex')
}
