import type { Metadata } from 'hawser/stripe'

// How Stripe reads the fields of a form, in which everything is a text.

/** The text of a field; null where it is left out or empty, which is how a form deletes. */
export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The whole number of a field; `undefined` where it is none. */
export function whole(value: unknown): number | undefined {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined
}

export function flag(value: unknown): boolean {
  return value === 'true'
}

/** The fields below a field, such as those of `address`. */
export function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Metadata is merged; an empty value deletes its key, and an empty text deletes all. @see https://docs.stripe.com/api/metadata */
export function metadata(given: unknown, before: Metadata = {}): Metadata {
  if (given === '') return {}
  const texts = Object.entries(group(given)).map(([key, value]) => [key, String(value)] as const)
  return Object.fromEntries(
    [...Object.entries(before), ...texts].filter(([key]) =>
      texts.every(([name, value]) => name !== key || value !== ''),
    ),
  )
}
