import { refuse } from './request.ts'

/** A name and its value, decoded. */
export type FormField = readonly [name: string, value: string]

/** How many fields are read: they are sorted before the signature can be checked, so a flood of them would be work for free. */
const maxFields = 1000

/** Reads `application/x-www-form-urlencoded` strictly: what is no UTF-8 is refused, since two escapes could read alike. */
export function formFields(
  text: string,
  refusal: 'malformed-body' | 'malformed-url' = 'malformed-body',
): readonly FormField[] {
  const pairs = text.split('&')
  if (pairs.length > maxFields) refuse(refusal)
  return pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      const texts = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
      const [name = '', value = ''] = texts.map((one) => decode(one) ?? refuse(refusal))
      return [name, value]
    })
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Sorts by name, then by value; with `once`, a pair that is repeated counts once. */
export function sortedPairs(fields: readonly FormField[], once: boolean): readonly FormField[] {
  const sorted = fields.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  return once ? sorted.filter((field, at) => at === 0 || !same(field, sorted[at - 1])) : sorted
}

function same(a: FormField, b: FormField | undefined): boolean {
  return a[0] === b?.[0] && a[1] === b[1]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
