/**
 * The part of Standard Schema that hawser reads: zod, valibot, arktype and others implement it. An interface only, so that
 * none of them is a dependency.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<T = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>
  }
}

/** A value, or what is wrong with it. */
export type SchemaResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] }

/** Where a value does not fit. */
export interface SchemaIssue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
