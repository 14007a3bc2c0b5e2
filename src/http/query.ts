import { isRecord } from '../check.ts'
import { InvalidRequestError } from '../errors.ts'

/** A value of a query or a form. `undefined` is left out, `null` is sent empty, a date is sent as ISO 8601. */
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

/**
 * Encodes fields as `application/x-www-form-urlencoded`; nested names become `a[b]`.
 *
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 * @throws {InvalidRequestError} where a value cannot be written, such as `NaN`.
 */
export function encodeFields(fields: Fields, arrays: ArrayStyle = 'repeat'): string {
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) append(pairs, name, value, arrays)
  return pairs.toString()
}

// More than any vendor reads.
const maxDepth = 20

function append(pairs: URLSearchParams, name: string, value: FieldValue, arrays: ArrayStyle, depth = 0): void {
  if (value === undefined) return
  if (isList(value)) {
    if (arrays === 'comma') {
      pairs.append(name, value.map((item) => scalar(name, item)).join(','))
      return
    }
    for (const [index, item] of value.entries()) {
      const key = arrays === 'repeat' ? name : arrays === 'brackets' ? `${name}[]` : `${name}[${index}]`
      append(pairs, key, item, arrays, depth + 1)
    }
  } else if (isRecord(value)) {
    if (depth === maxDepth) throw new InvalidRequestError(`The field \`${name}\` is nested too deep, or in a circle.`)
    for (const [key, item] of Object.entries(value)) append(pairs, `${name}[${key}]`, item, arrays, depth + 1)
  } else {
    pairs.append(name, scalar(name, value))
  }
}

function scalar(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString()
  throw new InvalidRequestError(`The field \`${name}\` is not text, a finite number, a boolean, a date or null.`)
}

// `Array.isArray` alone does not narrow a readonly array away.
function isList(value: FieldValue): value is readonly FieldValue[] {
  return Array.isArray(value)
}
