import { Readable } from 'node:stream'
import { InvalidRequestError } from '../errors.ts'
import type { HttpRequest } from './request.ts'

/** A body on its way out. */
export interface Upload {
  readonly data: Buffer | Readable | undefined
  /** What went wrong while it was read: the caller's trouble, kept apart from the vendor's. */
  readonly failed: Error | undefined
  /** Gives up what is still open, such as a file; harmless after the end. */
  close(): void
}

// Most requests have none, and the record with its getter takes .6 µs.
const nothing: Upload = Object.freeze({ data: undefined, failed: undefined, close: () => {} })

/** Opens the body of one attempt, as bytes or as a stream. What the caller's function throws is the caller's. */
export function openUpload({ body, operation }: HttpRequest): Upload {
  if (body === undefined) return nothing
  let failed: Error | undefined
  const data = typeof body === 'function' ? opened(body(), operation) : bytesOf(body)
  if (data instanceof Readable) {
    data.on('error', (error) => {
      const code: unknown = Reflect.get(error, 'code')
      const reason = typeof code === 'string' ? code : error.name
      failed ??= new InvalidRequestError(`${operation}: the body could not be read (${reason}).`)
    })
  }
  return {
    data,
    get failed() {
      return failed
    },
    close: () => {
      if (data instanceof Readable) data.destroy()
    },
  }
}

/** Checks what the caller's function gave: from JavaScript it may be a stream of the web's, or none. */
function opened(stream: Readable, operation: string): Readable {
  if (typeof stream?.pipe === 'function') return stream
  throw new InvalidRequestError(`${operation}: the function of the body gave no Node stream.`)
}

function bytesOf(body: string | Uint8Array | Readable): Buffer | Readable {
  if (body instanceof Readable) return body
  if (typeof body === 'string') return Buffer.from(body)
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}
