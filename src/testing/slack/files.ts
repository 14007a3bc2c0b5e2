import type { SlackFile } from 'hawser/slack'
import type { RouteHandler } from '../simulators/definition.ts'
import { channelOf } from './conversations.ts'
import { decoded, type Called, type Method } from './method.ts'
import { bot, type SimulatedFile, type SlackRecords } from './records.ts'

/** The methods of an upload in three steps. @see https://docs.slack.dev/messaging/working-with-files#uploading_files */
export const fileMethods: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': ({ given, collections, sequence, url }) => {
    const { filename: name, length = '' } = given
    if (name === undefined || !/^[1-9]\d*$/.test(length)) return 'invalid_arguments'
    const id = `F${sequence.toString().padStart(10, '0')}`
    collections.files.insert({ id, name, size: Number(length), complete: false })
    // A client that is not hawser's is to come to the same server again.
    const origin = url.origin === 'https://slack.com' ? 'https://files.slack.com' : url.origin
    return { upload_url: `${origin}/upload/v1/${id}`, file_id: id }
  },
  'files.completeUploadExternal': (called) => {
    const { given, collections } = called
    const named: unknown = decoded(given['files'])
    const wanted = Array.isArray(named) ? named.map(fileNamed) : []
    const files = wanted.flatMap(({ id }) => collections.files.get(id) ?? [])
    if (files.length === 0 || files.length < wanted.length) return 'file_not_found'
    if (files.some(({ bytes }) => bytes === undefined)) return 'file_upload_not_complete'
    const channel =
      given['channel_id'] === undefined ? undefined : channelOf({ ...called, given: { channel: given['channel_id'] } })
    if (given['channel_id'] !== undefined && !channel) return 'channel_not_found'
    const done = files.map((file, at) => ({ ...file, title: wanted[at]?.title ?? file.name, complete: true }))
    for (const file of done) collections.files.replace(file.id, file)
    if (channel) share(called, channel.id, done)
    return { files: done.map(shown) }
  },
  'files.info': ({ given, collections }) => {
    const file = collections.files.get(given['file'] ?? '')
    return file?.complete ? { file: shown(file) } : 'file_not_found'
  },
}

/** Takes the bytes, from whoever knows the address. */
export const uploadRoutes: Readonly<Record<string, RouteHandler<SlackRecords>>> = {
  'POST /upload/v1/{id}': ({ params, bytes: body, headers, collections }) => {
    const file = collections.files.get(params['id'] ?? '')
    if (!file) return new Response('Not found', { status: 404 })
    const bytes = sent(body, headers['content-type'])
    if (bytes.length !== file.size) return new Response('The size is not what was announced.', { status: 400 })
    collections.files.replace(file.id, { ...file, bytes })
    return new Response(`OK - ${bytes.length}`)
  },
}

/** The bytes by themselves, or those of the first part. @see https://www.rfc-editor.org/rfc/rfc7578#section-4.1 */
function sent(body: Uint8Array, type = ''): Uint8Array {
  const [, boundary] = /^multipart\/form-data;.*boundary="?([^";]+)/i.exec(type) ?? []
  if (boundary === undefined) return body
  const bytes = Buffer.from(body)
  const from = bytes.indexOf('\r\n\r\n') + 4
  return bytes.subarray(from, bytes.indexOf(`\r\n--${boundary}`, from))
}

function fileNamed(given: unknown): { readonly id: string; readonly title?: string } {
  const { id, title } = typeof given === 'object' && given !== null ? { id: undefined, title: undefined, ...given } : {}
  return { id: String(id), ...(typeof title === 'string' && { title }) }
}

/** The message with the files. */
function share({ now, sequence, given, collections }: Called, channel: string, files: readonly SimulatedFile[]): void {
  const { initial_comment: text = '', thread_ts: thread } = given
  const ts = `${Math.floor(now / 1000)}.${sequence.toString().padStart(6, '0')}`
  const message = { type: 'message', ts, user: bot.id, text, files: files.map(shown) }
  collections.messages.insert({ ...message, ...(thread !== undefined && { thread_ts: thread }) }, { channel })
}

/** What others see of a file. */
function shown({ id, name, size, title = name }: SimulatedFile): SlackFile {
  return { id, name, size, title }
}
