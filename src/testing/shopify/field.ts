import type { RouteRequest } from '../simulators/definition.ts'
import type { ShopifyRecords } from './records.ts'

/** A field below `data`, as it was asked for. */
export interface Asked extends Pick<RouteRequest<ShopifyRecords>, 'collections' | 'now' | 'sequence'> {
  readonly variables: Readonly<Record<string, unknown>>
  readonly shop: string
}

/** Answers a field; a list as its page. */
export type Field = (asked: Asked) => unknown

/** What was not done, and why. */
export function wrong(name: string, field: readonly string[] | null, message: string): object {
  return { [name]: null, userErrors: [{ field, message }] }
}
