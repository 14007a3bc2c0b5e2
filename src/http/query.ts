import { isRecord } from '../check.ts'
import { InvalidRequestError } from '../errors.ts'

/** A value of a query or a form. `undefined` is left out, `null` is sent empty. */
export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | null
  | undefined
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue }

/** The fields of a query or a form. */
export type Fields = Readonly<Record<string, FieldValue>>

/** How a list is written: `a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1&a[1]=2` or `a=1,2`. */
export type ArrayStyle = 'repeat' | 'brackets' | 'indices' | 'comma'

/** How a date is written: as ISO 8601, or as whole seconds since the Unix epoch. */
export type DateStyle = 'iso-8601' | 'epoch-seconds'

/** How a vendor reads queries and forms. */
export interface FieldStyle {
  /** @default 'repeat' */
  readonly arrays?: ArrayStyle | undefined
  /** @default 'iso-8601' */
  readonly dates?: DateStyle | undefined
}

/**
 * Encodes fields for a query or a form; nested names become `a[b]`.
 *
 * All but the unreserved characters are percent-encoded: `%20` is a space in queries and in forms, `+` in forms only.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 * @throws {InvalidRequestError} where a value cannot be written, such as `NaN`.
 */
export function encodeFields(fields: Fields, style: FieldStyle = {}): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(fields)) append(pairs, name, value, style)
  return pairs.join('&')
}

// More than any vendor reads.
const maxDepth = 20

function append(pairs: string[], name: string, value: FieldValue, style: FieldStyle, depth = 0): void {
  const { arrays = 'repeat' } = style
  if (value === undefined) return
  if (isList(value)) {
    if (arrays === 'comma') return write(pairs, name, value.map((item) => scalar(name, item, style)).join(','))
    for (const [index, item] of value.entries()) {
      const key = arrays === 'repeat' ? name : arrays === 'brackets' ? `${name}[]` : `${name}[${index}]`
      append(pairs, key, item, style, depth + 1)
    }
  } else if (isRecord(value)) {
    if (depth === maxDepth) throw new InvalidRequestError(`The field \`${name}\` is nested too deep, or in a circle.`)
    for (const [key, item] of Object.entries(value)) append(pairs, `${name}[${key}]`, item, style, depth + 1)
  } else write(pairs, name, scalar(name, value, style))
}

function scalar(name: string, value: unknown, { dates }: FieldStyle): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return dates === 'epoch-seconds' ? String(Math.floor(value.getTime() / 1000)) : value.toISOString()
  }
  throw new InvalidRequestError(`The field \`${name}\` is not text, a finite number, a boolean, a date or null.`)
}

function write(pairs: string[], name: string, value: string): void {
  try {
    pairs.push(`${percentEncode(name)}=${percentEncode(value)}`)
  } catch {
    throw new InvalidRequestError(`The field \`${name}\` holds half of a surrogate pair.`)
  }
}

function percentEncode(text: string): string {
  const encoded = encodeURIComponent(text)
  // What `encodeURIComponent` takes for unreserved beyond RFC 3986.
  return encoded.replace(/[!'()*]/g, (reserved) => `%${reserved.charCodeAt(0).toString(16).toUpperCase()}`)
}

// `Array.isArray` alone does not narrow a readonly array away.
function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value)
}
