import { isRecord } from '../check.ts'
import { InvalidRequestError } from '../errors.ts'

/** A path and the values to fill in, as the tag {@link path} takes them. */
export interface PathTemplate {
  readonly strings: readonly string[]
  readonly values: readonly PathValue[]
}

/** A value of a path: bare, or named as `{ owner }` so that the name stands in the operation. */
export type PathValue = string | number | Readonly<Record<string, string | number>>

/**
 * Takes a path whose values are encoded when it is sent, each as one segment: `` path`/repos/${{ owner }}/${{ repo }}` ``.
 *
 * A value that is empty, `.` or `..` makes the call fail with an {@link InvalidRequestError}, and nothing is sent.
 */
export function path(strings: TemplateStringsArray, ...values: readonly PathValue[]): PathTemplate {
  return { strings, values }
}

/** Gives the path with its values encoded. @throws {InvalidRequestError} where a value must not stand in a path */
export function fill({ strings, values }: PathTemplate): string {
  return strings.reduce((path, literal, index) => path + segment(...named(values, index - 1)) + literal)
}

/** Gives the path with names for its values, `{0}` where a value has none, and without a query: safe to log. */
export function templateOf({ strings, values }: PathTemplate): string {
  const whole = strings.reduce((path, literal, index) => `${path}{${named(values, index - 1)[0]}}${literal}`)
  return withoutQuery(whole)
}

/** Cuts a path at its query, which may hold what no event or error may show. */
export function withoutQuery(path: string): string {
  const at = path.indexOf('?')
  return at < 0 ? path : path.slice(0, at)
}

/** Tells whether something is what {@link path} gives, as a tag and not as a function. */
export function isTemplate(value: unknown): value is PathTemplate {
  if (!isRecord(value)) return false
  const { strings, values } = value
  return Array.isArray(strings) && Array.isArray(values) && strings.length === values.length + 1
}

function named(values: readonly PathValue[], index: number): [name: string, value: unknown] {
  const given: unknown = values[index]
  if (typeof given !== 'object' || given === null) return [String(index), given]
  return Object.entries(given)[0] ?? [String(index), undefined]
}

/** An expanded URL template. */
export interface Expanded {
  readonly path: string
  /** With plain names: safe to log. */
  readonly template: string
  readonly used: readonly string[]
}

/**
 * Fills `{name}` in a URL template. `{+name}` keeps the slashes in a value, for paths within a path.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6570#section-3.2.3
 * @returns the path, and the names that were used
 * @throws {InvalidRequestError} where a value is missing or must not stand in a path.
 */
export function expand(template: string, values: Readonly<Record<string, unknown>>): Expanded {
  const used: string[] = []
  const filled = template.replace(/\{(\+?)([^{}]+)\}/g, (_, plus: string, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    used.push(name)
    const parts = plus && typeof value === 'string' ? value.split('/') : [value]
    return parts.map((part) => segment(name, part)).join('/')
  })
  return { path: filled, template: withoutQuery(template.replaceAll('{+', '{')), used }
}

/**
 * Checks a path that an author wrote out.
 *
 * @throws {InvalidRequestError} where it is not absolute or climbs with `..`: it would reach another endpoint or host.
 */
export function checkPath(text: string): void {
  // Backslashes count as slashes when a URL is parsed, and tabs and newlines as nothing, as do all control characters and spaces at
  // its end: behind `..` they would hide it from the check below.
  // @see https://url.spec.whatwg.org/#path-start-state
  if (!/^\/(?![/\\])/.test(text) || /[\\#\p{Cc}]| $/u.test(text)) {
    throw new InvalidRequestError(
      'A path starts with one `/`, ends in no space, and holds no backslash, control character or `#`.',
    )
  }
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(withoutQuery(text))) {
    throw new InvalidRequestError('A path holds no `.` or `..` segment; check the values it was built from.')
  }
}

function segment(name: string, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new InvalidRequestError(`The path value \`${name}\` is missing, or neither text nor a number.`)
  }
  const text = String(value)
  if (text === '' || isDotSegment(text) || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new InvalidRequestError(`The path value \`${name}\` is empty, \`.\`, \`..\` or not finite.`)
  }
  try {
    return encodeURIComponent(text)
  } catch {
    throw new InvalidRequestError(`The path value \`${name}\` holds half of a surrogate pair.`)
  }
}

function isDotSegment(part: string): boolean {
  return /^(?:\.|%2e){1,2}$/i.test(part)
}
