import { InvalidRequestError, type HttpClient, type PlainOptions } from 'hawser'
import type { NewFile } from './parameters.ts'
import type { SlackFile } from './types.ts'

/**
 * Sends a file in Slack's three steps: asks for an address, sends the bytes there, and shares it.
 *
 * @see https://docs.slack.dev/messaging/working-with-files#uploading_files
 */
export async function upload(http: HttpClient, file: NewFile, options?: PlainOptions): Promise<SlackFile> {
  const { filename, content, title = filename, alt_txt, ...shared } = file
  // Slack is told the length before it gets the bytes.
  if (typeof content !== 'string' && !(content instanceof Uint8Array)) {
    throw new InvalidRequestError('`content` of a file is text or bytes: a `Uint8Array`, such as a `Buffer`.')
  }
  const form = { filename, length: Buffer.byteLength(content), alt_txt }
  // An address that is not used does no harm.
  const asking = { ...options, form, idempotent: true }
  const begun = await http.post<Begun>('/api/files.getUploadURLExternal', asking)
  await http.text(begun.upload_url, { ...options, body: content }, 'POST')
  const json = { files: [{ id: begun.file_id, title }], ...shared }
  const done = await http.post<Done>('/api/files.completeUploadExternal', { ...options, json })
  return done.files[0] ?? { id: begun.file_id }
}

interface Begun {
  readonly upload_url: string
  readonly file_id: string
}

interface Done {
  readonly files: readonly SlackFile[]
}
