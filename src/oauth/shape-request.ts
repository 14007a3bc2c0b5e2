import type { HttpRequest, OAuthVendor } from 'hawser'

/** A request as RFC 6749 has it, before it is put the vendor's way. */
export interface PlainRequest {
  readonly url: string
  readonly parameters: URLSearchParams
  readonly headers: Headers
}

/** What goes on the wire. */
export type ShapedRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

/** Puts a token request the vendor's way: its method, its body, its names for parameters. */
export function shapeTokenRequest(plain: PlainRequest, vendor: OAuthVendor): ShapedRequest {
  const { body = 'form', method = 'POST' } = vendor
  const parameters = renamed(plain.parameters, vendor.rename)
  const headers = { ...Object.fromEntries(plain.headers), ...lowerCase(vendor.headers) }
  if (body === 'query' || method === 'GET') {
    const { 'content-type': _, ...others } = headers
    const url = new URL(plain.url)
    for (const [name, value] of parameters) url.searchParams.append(name, value)
    return { method, url: url.href, headers: others }
  }
  if (body === 'json') {
    const json = JSON.stringify(asRecord(parameters))
    return { method, url: plain.url, headers: { ...headers, 'content-type': 'application/json' }, body: json }
  }
  return { method, url: plain.url, headers: { ...headers, ...formType }, body: parameters.toString() }
}

/** Makes a request to another endpoint than the token's: a form, as the RFCs have it, under the vendor's names. */
export function shapeFormRequest(plain: PlainRequest, { rename }: OAuthVendor): ShapedRequest {
  const headers = { ...Object.fromEntries(plain.headers), ...formType }
  return { method: 'POST', url: plain.url, headers, body: renamed(plain.parameters, rename).toString() }
}

const formType = { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }

/** Gives parameters under a vendor's names for them. */
export function renamed(parameters: URLSearchParams, names: Readonly<Record<string, string>> = {}): URLSearchParams {
  const own = (name: string): string => (Object.hasOwn(names, name) ? (names[name] ?? name) : name)
  return new URLSearchParams([...parameters].map(([name, value]): [string, string] => [own(name), value]))
}

/** Several values of one name become a list. */
function asRecord(parameters: URLSearchParams): Record<string, string | readonly string[]> {
  const names = [...new Set(parameters.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const [value = '', ...others] = parameters.getAll(name)
      return [name, others.length === 0 ? value : [value, ...others]]
    }),
  )
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
