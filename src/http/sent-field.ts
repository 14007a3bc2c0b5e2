import { fieldAt, parseJson } from '../json-value.ts'
import type { HttpRequest } from './request.ts'

/**
 * Reads a field of what is sent, as JSON or as a form: what a limit of scope `object` counts apart, such as a channel. A name with
 * dots is a path into JSON. What is sent as a stream is not looked into.
 */
export function sentField({ headers, body }: HttpRequest, name: string): string | undefined {
  const type = headers['content-type'] ?? ''
  const isForm = type.includes('form-urlencoded')
  if (!isForm && !type.includes('json')) return undefined
  const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : body
  if (typeof text !== 'string') return undefined
  const value = isForm ? new URLSearchParams(text).get(name) : fieldAt(parseJson(text), name)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
