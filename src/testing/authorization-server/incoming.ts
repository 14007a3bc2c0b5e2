import type { BodyForm } from './quirk.ts'
import { refuse } from './refusal.ts'

/** A request, read. */
export interface Incoming {
  readonly request: Request
  readonly url: URL
  /** The origin that it was sent to: the server is whoever it is taken for. */
  readonly issuer: string
  /** By the standard's names. */
  readonly parameters: URLSearchParams
}

/** Those that a request may repeat. @see https://www.rfc-editor.org/rfc/rfc8693#section-2.1 */
const repeatable: ReadonlySet<string> = new Set(['audience', 'resource'])

/** Reads a request, whose parameters are in its body or, for a GET, in its query. */
export async function read(
  request: Request,
  form: BodyForm = 'form',
  names: Readonly<Record<string, string>> = {},
): Promise<Incoming> {
  const url = new URL(request.url)
  const inQuery = request.method === 'GET' || form === 'query'
  const given = inQuery
    ? url.searchParams
    : parametersOf(await request.text(), request.headers.get('content-type'), form)
  return { request, url, issuer: url.origin, parameters: standardNames(given, names) }
}

function parametersOf(text: string, type: string | null, form: BodyForm): URLSearchParams {
  const expected = {
    form: 'application/x-www-form-urlencoded',
    json: 'application/json',
    xml: 'application/xml',
    query: '',
  }
  // Whoever expects a form finds nothing in JSON.
  if ((type ?? '').split(';')[0]?.trim().toLowerCase() !== expected[form]) return new URLSearchParams()
  if (form === 'json') return new URLSearchParams(Object.entries(jsonFields(text)))
  if (form === 'form') return new URLSearchParams(text)
  const elements = [...text.matchAll(/<(\w+)>([^<]*)<\/\1>/g)]
  return new URLSearchParams(Object.fromEntries(elements.map(([, name = '', value = '']) => [name, value])))
}

function jsonFields(text: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text)
    return Object.fromEntries(Object.entries(Object(value) as object).map(([name, field]) => [name, String(field)]))
  } catch {
    return {}
  }
}

/** Gives parameters the standard's names; a standard name that the vendor has another one for says nothing to it. */
function standardNames(given: URLSearchParams, names: Readonly<Record<string, string>>): URLSearchParams {
  const standard = new Map(Object.entries(names).map(([ours, theirs]) => [theirs, ours]))
  const renamed = new URLSearchParams()
  for (const [name, value] of given) {
    if (standard.has(name) || !Object.hasOwn(names, name)) renamed.append(standard.get(name) ?? name, value)
  }
  return renamed
}

/**
 * Checks that no parameter comes twice.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
 */
export function checkSingle(parameters: URLSearchParams): void {
  for (const name of parameters.keys()) {
    if (!repeatable.has(name) && parameters.getAll(name).length > 1) refuse('invalid_request', `${name} comes twice.`)
  }
}

/** Gives a parameter that has to be there. */
export function required(parameters: URLSearchParams, name: string): string {
  return parameters.get(name) || refuse('invalid_request', `${name} is missing.`)
}
