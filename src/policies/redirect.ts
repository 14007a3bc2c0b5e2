import { checkNumber, checkOptions } from '../check.ts'
import { RedirectError } from '../errors.ts'
import { isOwn, type OwnOrigins } from '../http/origins.ts'
import { begin, described, sendBy, type Passage, type Policy } from '../http/policy.ts'
import { isReplayable, type HeaderMap, type HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'

/** Options of {@link redirect}. */
export interface RedirectOptions {
  /** Other origins of the vendor's own, which may see the credential. @default none */
  readonly origins?: readonly string[]
  /** Patterns of further hosts of the vendor's own, each from `^` to `$`. @default none */
  readonly hosts?: readonly RegExp[] | undefined
  /** What to do with any other origin: refuse, or go there without the credential (signed download links). @default `'refuse'` */
  readonly elsewhere?: 'refuse' | 'anonymous'
  /** @default 5 */
  readonly maxHops?: number
}

/** Headers that may follow to an origin which is not the vendor's: they say how to answer, not who asks. */
const harmless: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'accept-language', 'range', 'user-agent'])

/**
 * Follows redirects within the vendor's own origins.
 *
 * The platform strips `Authorization` only, so that a vendor's own token header would travel to any host that a redirect
 * names. @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4
 *
 * @throws {RedirectError} where it leads to another origin, from https to http, or on for more than `maxHops`
 */
export function redirect(options: RedirectOptions = {}): Policy {
  checkOptions('redirect', options, ['origins', 'hosts', 'elsewhere', 'maxHops'])
  const { origins = [], hosts, elsewhere = 'refuse', maxHops = 5 } = options
  checkNumber('redirect.maxHops', maxHops, 0)
  return described({ name: 'redirect', origins, elsewhere, maxHops }, (next, runtime) => {
    return sendBy(sendAndFollow, { origins, hosts, elsewhere, maxHops, next, runtime })
  })
}

/** What one client's calls pass through. */
interface Way extends Passage, OwnOrigins {
  readonly elsewhere: 'refuse' | 'anonymous'
  readonly maxHops: number
}

function sendAndFollow(this: Way, request: HttpRequest): Promise<HttpResponse> {
  // Nearly every answer is none, and is passed on without an async function's own promise, context and turns: 1 µs of 40.
  return begin(this.next, request).then((response) =>
    isRedirect(response.status) ? follow(request, response, this) : response,
  )
}

async function follow(first: HttpRequest, redirected: HttpResponse, way: Way): Promise<HttpResponse> {
  const { elsewhere, maxHops, next, runtime } = way
  let request = first
  let response = redirected
  for (let hop = 0; ; hop++) {
    const { status, headers } = response
    const location = headers['location']
    if (!isRedirect(status) || location === undefined) return response
    const target = resolve(location, request, status)
    if (target === 'stay') return response
    // From here on, this answer is either left behind or refused.
    discard(response)
    if (target === 'nowhere')
      throw new RedirectError(`${first.operation}: redirected to something that is no web address.`, { status })
    if (hop >= maxHops)
      throw new RedirectError(`${first.operation}: redirected more than ${maxHops} times.`, { status })
    const from = new URL(request.url)
    const to = new URL(target.url)
    const trusted = !request.anonymous && (to.origin === from.origin || isOwn(way, to.href))
    const readsOnly = target.method === 'GET' || target.method === 'HEAD'
    const downgrades = from.protocol === 'https:' && to.protocol !== 'https:'
    if (downgrades || (!trusted && (elsewhere !== 'anonymous' || !readsOnly))) {
      throw new RedirectError(`${first.operation}: refused a redirect to ${to.origin}.`, { status })
    }
    runtime.emit?.({ type: 'redirect', operation: first.operation, at: runtime.now(), status, origin: to.origin })
    request = trusted ? target : { ...target, headers: onlyHarmless(target.headers), anonymous: true }
    response = await next(request)
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

/** Gives the request for the next hop, or why there is none: its method or body cannot be sent there, or it is no address. */
function resolve(location: string, request: HttpRequest, status: number): HttpRequest | 'stay' | 'nowhere' {
  const to = URL.canParse(location, request.url) ? new URL(location, request.url) : undefined
  if (!to || !/^https?:$/.test(to.protocol)) return 'nowhere'
  to.username = ''
  to.password = ''
  const { method } = request
  if (method === 'GET' || method === 'HEAD') return { ...request, url: to.href }
  // 303 says: the answer to your write is to be read over there. What describes the body goes with it.
  if (status === 303) {
    const headers = Object.entries(request.headers).filter(([name, value]) => {
      return !name.startsWith('content-') && value !== request.idempotencyKey
    })
    return { ...request, url: to.href, method: 'GET', headers: Object.fromEntries(headers), body: undefined }
  }
  return status >= 307 && isReplayable(request.body) ? { ...request, url: to.href } : 'stay'
}

function onlyHarmless(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name)))
}
