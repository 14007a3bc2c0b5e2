import { openUpload, type HttpRequest } from 'hawser'
import { bytesOf } from './answer.ts'

/** Reads what a request sends, to its end. */
export async function uploaded(request: HttpRequest): Promise<Uint8Array> {
  const opened = openUpload(request)
  try {
    return await bytesOf(opened.data)
  } catch (error) {
    throw opened.failed ?? error
  } finally {
    opened.close()
  }
}
