import type { Template } from './quirk.ts'

/** What a template can name. */
export type Values = Readonly<Record<string, () => unknown>>

/** A successful answer as the RFCs have it. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export const standardAnswer: Readonly<Record<string, Template>> = {
  access_token: '{access_token}',
  issued_token_type: '{issued_token_type}',
  token_type: '{token_type}',
  expires_in: '{expires_in}',
  refresh_token: '{refresh_token}',
  scope: '{scope}',
  id_token: '{id_token}',
}

/** A refusal as the RFCs have it. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export const standardRefusal: Readonly<Record<string, Template>> = {
  error: '{error}',
  error_description: '{error_description}',
}

/** Fills in a template. */
export function render(template: Template, values: Values): unknown {
  if (typeof template === 'string') return filled(template, values)
  if (isList(template)) return template.map((one) => render(one, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([name, one]) => [name, render(one, values)]))
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template)
}

function filled(text: string, values: Values): unknown {
  const value = (name: string): unknown => {
    if (!Object.hasOwn(values, name)) throw new TypeError(`A template names {${name}}, which nobody knows.`)
    return values[name]?.()
  }
  const [, whole] = /^\{([\w.]+)\}$/.exec(text) ?? []
  return whole === undefined ? text.replaceAll(/\{([\w.]+)\}/g, (_, name: string) => String(value(name))) : value(whole)
}

/** How an answer is written. */
export interface Writing {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly type: string | null | undefined
  readonly asForm: boolean
}

/** Writes an answer's body as JSON or as a form. */
export function write(body: unknown, { status, headers, type, asForm }: Writing): Response {
  const usual = asForm ? 'application/x-www-form-urlencoded' : 'application/json'
  const text = asForm ? String(new URLSearchParams(Object.entries(texts(body)))) : JSON.stringify(body)
  // As bytes: a text would be given a content type, where the vendor sends none.
  const contentType = type === null ? {} : { 'content-type': type ?? usual }
  return new Response(Buffer.from(text), { status, headers: { ...headers, ...contentType } })
}

function texts(body: unknown): Record<string, string> {
  const entries = Object.entries(Object(body) as object).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}
