import type { Readable } from 'node:stream'
import { ResponseTooLargeError } from '../errors.ts'
import { relay } from './relay.ts'
import type { HttpRequest } from './request.ts'

/** Makes the error for an answer of more than `limit` bytes. */
export function tooLarge({ operation }: HttpRequest, limit: number): ResponseTooLargeError {
  return new ResponseTooLargeError(
    `${operation}: the answer is larger than ${limit} bytes. Ask for a stream, or raise \`maxResponseBytes\`.`,
  )
}

/** Reads a decompressed body to its end and stops at `limit` bytes, so that a small bomb cannot fill the memory. */
export function collect(stream: Readable, limit: number, request: HttpRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size > limit) stream.destroy(tooLarge(request, limit))
    })
    stream.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    stream.once('error', reject)
    stream.once('close', () => {
      // Alone, without 'end' or 'error', it means that the connection went away. Every answer comes by here, and an error
      // with its stack costs 10 µs.
      if (!stream.readableEnded) reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    })
  })
}

/** Passes a stream on; what breaks it reaches the reader as an error of hawser's. */
export function translated(stream: Readable, failure: (error: unknown) => Error): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      yield* stream
    } catch (error) {
      throw failure(error)
    }
  }
  // It may break before anybody reads, and must not end the process; the reader is told when there is one.
  stream.once('error', () => {})
  return relay(stream, read())
}
