import { isSecretName } from '../record/secret-text.ts'
import { parseRoute } from '../routes/route.ts'
import { diffLines } from './diff.ts'
import type { ReceivedRequest } from './received-request.ts'

/** How a vendor was asked, with the questions that tests have about it. */
export interface Journal {
  /** Gives the requests to a route, such as `POST /repos/{owner}/{repo}/issues`. */
  to(route: string): readonly ReceivedRequest[]
  /**
   * Compares all requests, in order, with lines such as `GET /user` or `GET /search?q=x`; a query counts only where the line
   * has one, and `{names}` stand for anything.
   *
   * @throws {Error} with the difference, line by line
   */
  expect(lines: readonly string[]): void
  /** Gives the requests by their idempotency key. @default the header `idempotency-key` */
  keys(header?: string): ReadonlyMap<string, readonly ReceivedRequest[]>
  /** Gives the keys that stood for different requests. @default the header `idempotency-key` */
  misusedKeys(header?: string): readonly string[]
  /** Gives what looks like a secret in a URL, as `GET /things: the query has \`access_token\``; not the secret itself. */
  secretsInUrls(): readonly string[]
}

/** Makes the questions to a list of requests. */
export function journalOf(requests: readonly ReceivedRequest[]): Journal {
  function keys(header = 'idempotency-key'): Map<string, ReceivedRequest[]> {
    const byKey = new Map<string, ReceivedRequest[]>()
    for (const request of requests) {
      const key = request.headers[header.toLowerCase()]
      if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), request])
    }
    return byKey
  }

  return {
    to(route) {
      const parsed = parseRoute(route)
      return requests.filter(({ method, path }) => parsed.match(method, path) !== undefined)
    },
    expect(lines) {
      const difference = diffLines(lines, requests, fits, written)
      if (difference)
        throw new Error(`The requests are not those that were expected (-), but others (+):\n${difference}`)
    },
    keys,
    misusedKeys: (header) =>
      [...keys(header)].filter(([, sent]) => new Set(sent.map(fingerprint)).size > 1).map(([key]) => key),
    secretsInUrls: () => requests.flatMap(secretsIn),
  }
}

function fits(line: string, { method, path, query }: ReceivedRequest): boolean {
  const [route = '', search] = line.split('?')
  if (!parseRoute(route).match(method, path)) return false
  return search === undefined || [...new URLSearchParams(search)].every(([name, value]) => query.get(name) === value)
}

function written({ method, url }: ReceivedRequest): string {
  const { pathname, search } = new URL(url)
  return `${method} ${pathname}${search}`
}

function fingerprint(request: ReceivedRequest): string {
  return `${written(request)}\n${request.body}`
}

const secretName = /(?:^|[_.-])(?:token|secret|password|passwd|pwd|api_?key|key|signature|sig|credentials?|auth)$/i
const jsonWebToken = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/

/** A URL is written to logs by every machine that it passes. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1 */
function secretsIn({ method, url, path, query, headers }: ReceivedRequest): readonly string[] {
  const at = `${method} ${path}`
  const names = [...query.keys()].filter((name) => secretName.test(name.replaceAll('-', '_')))
  const repeated = Object.entries(headers).some(([name, value]) => {
    const credential = value.split(' ').at(-1) ?? ''
    const spellings = [credential, encodeURIComponent(credential)]
    return isSecretName(name) && credential.length > 3 && spellings.some((spelling) => url.includes(spelling))
  })
  return [
    ...names.map((name) => `${at}: the query has \`${name}\``),
    ...(repeated ? [`${at}: the URL repeats the credential`] : []),
    ...(jsonWebToken.test(url) ? [`${at}: the URL has a JSON web token`] : []),
    ...(new URL(url).username === '' ? [] : [`${at}: the URL has a user name`]),
  ]
}
