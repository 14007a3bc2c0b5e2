import { refuse } from './refusal.ts'

/** A request, read. */
export interface Incoming {
  readonly request: Request
  readonly url: URL
  /** The origin that it was sent to: the server is whoever it is taken for. */
  readonly issuer: string
  /** From the body of a POST, else from the query. */
  readonly parameters: URLSearchParams
}

/** Those that a request may repeat. @see https://www.rfc-editor.org/rfc/rfc8693#section-2.1 */
const repeatable: ReadonlySet<string> = new Set(['audience', 'resource'])

/** Reads a request, whose parameters are in its form or, for a GET, in its query. */
export async function read(request: Request): Promise<Incoming> {
  const url = new URL(request.url)
  const parameters = request.method === 'POST' ? new URLSearchParams(await formOf(request)) : url.searchParams
  return { request, url, issuer: url.origin, parameters }
}

async function formOf(request: Request): Promise<string> {
  const type = request.headers.get('content-type') ?? ''
  const text = await request.text()
  return /^application\/x-www-form-urlencoded\b/i.test(type) ? text : ''
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
