import { Readable } from 'node:stream'
import type { EncodedBody } from './body.ts'

/**
 * Encodes a standard `FormData` so that it can be sent again. Files are read when the request is sent, so that
 * `await fs.openAsBlob(path)` streams a large file from disk.
 *
 * The platform encodes `FormData` with a new boundary each time, which would not fit the header on a second attempt.
 *
 * @see https://html.spec.whatwg.org/#multipart-form-data
 */
export function multipartBody(form: FormData, boundary: string): EncodedBody {
  const parts = [...form].map(([name, value]) => ({ head: partHead(name, value, boundary), value }))
  const foot = `--${boundary}--\r\n`

  async function* write(): AsyncGenerator<Uint8Array> {
    for (const { head, value } of parts) {
      yield Buffer.from(head)
      if (typeof value === 'string') yield Buffer.from(value)
      else yield* value.stream()
      yield Buffer.from('\r\n')
    }
    yield Buffer.from(foot)
  }

  const partLengths = parts.map(({ head, value }) => {
    return Buffer.byteLength(head) + (typeof value === 'string' ? Buffer.byteLength(value) : value.size) + 2
  })
  const length = partLengths.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(foot))
  return {
    body: () => Readable.from(write(), { objectMode: false }),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(length) },
  }
}

function partHead(name: string, value: string | Blob, boundary: string): string {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`
  if (typeof value === 'string') return `${head}\r\n\r\n`
  const filename = value instanceof File ? value.name : 'blob'
  const type = value.type || 'application/octet-stream'
  return `${head}; filename="${escapeName(filename)}"\r\nContent-Type: ${type}\r\n\r\n`
}

function escapeName(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22')
}
