import { ConfigurationError, InvalidRequestError, type HttpRequest } from 'hawser'
import { inColons, quoted } from './structured.ts'

/**
 * A part of the request that the signature covers: a derived one such as `@method`, a header by its name, a header byte by byte
 * (for values that lists would break), or one parameter of the query.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421#section-2
 */
export type Component =
  | DerivedComponent
  | (string & Record<never, never>)
  | { readonly header: string; readonly bytes: true }
  | { readonly queryParameter: string }

/** @see https://www.rfc-editor.org/rfc/rfc9421#section-2.2 */
export type DerivedComponent =
  '@method' | '@target-uri' | '@authority' | '@scheme' | '@request-target' | '@path' | '@query'

type Message = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'operation'>

const derived: Readonly<Record<DerivedComponent, (method: string, url: URL) => string>> = {
  '@method': (method) => method,
  '@target-uri': (_, { href, hash }) => href.slice(0, href.length - hash.length),
  '@authority': (_, { host }) => host,
  '@scheme': (_, { protocol }) => protocol.slice(0, -1),
  '@request-target': (_, { pathname, search }) => pathname + search,
  '@path': (_, { pathname }) => pathname,
  '@query': (_, { search }) => search || '?',
}

/** What is signed: the base, and the parameters that stand in `Signature-Input`. */
export interface SignatureBase {
  readonly base: string
  readonly input: string
}

/**
 * Puts together what is signed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421#section-2.5
 * @throws {ConfigurationError} where a component is none of a request's, or is named twice
 * @throws {InvalidRequestError} where the request lacks a component, or it cannot be signed
 */
export function signatureBase(
  components: readonly Component[],
  message: Message,
  parameters: readonly string[],
): SignatureBase {
  const url = new URL(message.url)
  const names = checkComponents(components)
  const lines = components.map((component, at) => [names[at] ?? '', valueOf(component, message, url)] as const)
  return joined(lines, parameters)
}

/** Gives the components' names as they are signed. @throws {ConfigurationError} where one is none, or is named twice */
export function checkComponents(components: readonly Component[]): readonly string[] {
  const names = components.map(identifierOf)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new ConfigurationError(`\`components\` names ${twice} twice.`)
  return names
}

/** Writes named values, and then the names and parameters themselves, as lines. */
export function joined(lines: readonly Line[], parameters: readonly string[]): SignatureBase {
  const input = [`(${lines.map(([name]) => name).join(' ')})`, ...parameters].join(';')
  const all = [...lines, ['"@signature-params"', input]]
  return { base: all.map(([name, value]) => `${name}: ${value}`).join('\n'), input }
}

type Line = readonly [name: string, value: string]

function identifierOf(component: Component): string {
  if (typeof component !== 'string') {
    if ('queryParameter' in component) return `"@query-param";name=${quoted(spelled(component.queryParameter))}`
    return `"${nameOf(component.header)}";bs`
  }
  if (!component.startsWith('@')) return `"${nameOf(component)}"`
  if (isDerived(component)) return `"${component}"`
  const known = Object.keys(derived).join(', ')
  throw new ConfigurationError(
    `A request has no component \`${component}\`. It has: ${known}, headers and \`{ queryParameter }\`.`,
  )
}

function valueOf(component: Component, message: Message, url: URL): string {
  if (typeof component !== 'string') {
    if ('queryParameter' in component) return parameterOf(component.queryParameter, message, url)
    return inColons(Buffer.from(headerOf(component.header, message), 'latin1'))
  }
  if (isDerived(component)) return derived[component](message.method, url)
  const value = headerOf(component, message)
  // @see https://www.rfc-editor.org/rfc/rfc9421#section-2.5: what is signed is ASCII.
  if (/^[\t\x20-\x7e]*$/.test(value)) return value
  const otherwise = `Cover it as \`{ header: '${nameOf(component)}', bytes: true }\`.`
  throw new InvalidRequestError(
    `${message.operation}: the header \`${component}\` is not ASCII and cannot be signed. ${otherwise}`,
  )
}

function isDerived(name: string): name is DerivedComponent {
  return Object.hasOwn(derived, name)
}

function nameOf(header: string): string {
  const name = header.toLowerCase()
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name
  throw new ConfigurationError('A component is the name of a header, or begins with `@`.')
}

function headerOf(header: string, { headers, operation }: Message): string {
  const value = headers[nameOf(header)]
  if (value !== undefined) return value.replaceAll(/^[ \t]+|[ \t]+$/g, '')
  throw new InvalidRequestError(
    `${operation}: the signature covers the header \`${header}\`, which the request has not. Set it, or leave it out of \`components\`.`,
  )
}

/** @see https://www.rfc-editor.org/rfc/rfc9421#section-2.2.8 */
function parameterOf(name: string, { operation }: Message, { searchParams }: URL): string {
  const values = searchParams.getAll(name)
  const [value] = values
  if (value !== undefined && values.length === 1) return spelled(value)
  const stands = values.length === 0 ? 'not at all' : 'several times'
  throw new InvalidRequestError(
    `${operation}: the signature covers the parameter \`${name}\`, which stands ${stands} in the query.`,
  )
}

/** Escapes as a form does, with `%20` for a blank: the RFC names the process, and other implementations leave `!'()~` as they are. */
function spelled(text: string): string {
  return new URLSearchParams([[text, '']]).toString().slice(0, -1).replaceAll('+', '%20')
}
