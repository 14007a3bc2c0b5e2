import { isRecord } from '../check.ts'
import { InvalidRequestError } from '../errors.ts'
import { expand } from '../http/path.ts'
import type { Fields, FieldValue } from '../http/query.ts'
import type { RequestOptions } from './request-options.ts'

/** A route with its parameters put where they belong. */
export interface Routed {
  readonly method: string
  readonly path: string
  readonly operation: string
  readonly options: RequestOptions
}

/** The parameters of a route. */
export type RouteParameters = object

/**
 * Resolves `GET /repos/{owner}/{repo}/issues` and its parameters: those that the route names go into the path, the others
 * into the query, or into the body where the method has one: as JSON, or as a form where `forms` knows the path.
 *
 * @throws {InvalidRequestError} where the route is none, or a parameter is missing
 */
export function resolveRoute(
  route: string,
  parameters: RouteParameters,
  options: RequestOptions,
  forms?: RegExp,
): Routed {
  const [, method, template] = /^([A-Z]+) (\/\S*)$/.exec(typeof route === 'string' ? route : '') ?? []
  if (method === undefined || template === undefined) {
    throw new InvalidRequestError('A route is a method in capitals, a space and a path from `/`: `GET /users/{id}`.')
  }
  if (!isRecord(parameters)) throw new InvalidRequestError('The parameters of a route are a plain object.')
  const { path, template: named, used } = expand(template, parameters)
  const rest = Object.entries(parameters).filter(([name]) => !used.includes(name))
  const operation = `${method} ${named}`
  if (rest.length === 0) return { method, path, operation, options }
  if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    const asForm = forms !== undefined && path.search(forms) >= 0
    const body = asForm ? { form: options.form ?? fields(rest) } : { json: options.json ?? Object.fromEntries(rest) }
    return { method, path, operation, options: { ...options, ...body } }
  }
  return { method, path, operation, options: { ...options, query: { ...fields(rest), ...options.query } } }
}

function fields(entries: readonly (readonly [string, unknown])[]): Fields {
  // What cannot stand in a query or a form is refused, by name, when it is encoded.
  return Object.fromEntries(entries.map(([name, value]) => [name, value as FieldValue]))
}
