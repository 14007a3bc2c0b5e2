import { createHash } from 'node:crypto'
import type { HttpRequest } from 'hawser'

/** A request as AWS spells it. */
export interface Canonical {
  /** The address to send to: its query, and for S3 its path, spelled so that nobody can read it in two ways. */
  readonly url: string
  /** What is hashed and signed. */
  readonly text: string
  /** The names of the headers that it covers. */
  readonly signedHeaders: string
}

/** How the path is spelled in what is signed. S3 takes it as it is; all other services tidy it and escape it once more. */
export type PathEscapes = 'once' | 'twice'

/**
 * Headers that something on the way may change, or that are written after the signature.
 *
 * The same as in AWS' own SDKs. @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/signature-v4/src/constants.ts
 */
const unsigned: ReadonlySet<string> = new Set([
  'authorization',
  'cache-control',
  'connection',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
])

/**
 * Spells a request for signing.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
export function canonical(request: HttpRequest, escapes: PathEscapes, bodyDigest: string): Canonical {
  const { origin, host, pathname, search } = new URL(request.url)
  const pairs = pairsOf(search)
  const path = escapes === 'once' ? respelled(pathname, '/') : pathname
  const query = pairs.map((pair) => pair.join('=')).join('&')
  const headers = Object.entries({ host, ...request.headers })
    .filter(([name]) => !unsigned.has(name) && !/^(?:proxy|sec)-/.test(name))
    .map(([name, value]) => [name, value.replaceAll(/[ \t]+/g, ' ').replaceAll(/^ | $/g, '')] as const)
    .toSorted(byText)
  const signedHeaders = headers.map(([name]) => name).join(';')
  const text = [
    request.method,
    escapes === 'once' ? path : tidied(path).split('/').map(escaped).join('/'),
    pairs
      .toSorted(byText)
      .map((pair) => pair.join('='))
      .join('&'),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    bodyDigest,
  ].join('\n')
  return { url: `${origin}${path}${query === '' ? '' : `?${query}`}`, text, signedHeaders }
}

/** Gives the SHA-256 in hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

type Pair = readonly [name: string, value: string]

/** The pairs of a query, each spelled strictly. `+` means a blank in a form's query, and nothing clear to AWS. */
function pairsOf(search: string): readonly Pair[] {
  const texts = search.slice(1).replaceAll('+', '%20').split('&')
  return texts
    .filter((text) => text !== '')
    .map((text) => {
      const at = text.includes('=') ? text.indexOf('=') : text.length
      return [respelled(text.slice(0, at)), respelled(text.slice(at + 1))]
    })
}

/** By name and then by value, as bytes: joined with `=`, `a-b` would come before `a`. */
function byText([a, x]: Pair, [b, y]: Pair): number {
  if (a !== b) return a < b ? -1 : 1
  return x === y ? 0 : x < y ? -1 : 1
}

/** Takes double slashes out; the parsed URL has no dot segments any more. */
function tidied(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/')
}

/** Escapes every byte but letters, digits and `-._~`. @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hexOf)
}

/** Spells an escaped text strictly: the same bytes, all escaped that must be, and no others. */
function respelled(text: string, keep = ''): string {
  return text.replaceAll(/%[\da-f]{2}|[^\w.~-]/gi, (found) => {
    if (found === keep) return found
    if (found.length < 3) return escaped(found)
    const character = String.fromCharCode(Number.parseInt(found.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : found.toUpperCase()
  })
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
