import { ConfigurationError } from 'hawser'

/** A route as documentation writes it: a method, or `*` for any, and a path with `{names}`. */
export interface Route {
  /** As it was written. */
  readonly text: string
  readonly method: string
  readonly segments: readonly string[]
  /** Gives the values of the names, or nothing where the request goes elsewhere. */
  match(method: string, pathname: string): Readonly<Record<string, string>> | undefined
}

/**
 * Reads a route such as `POST /repos/{owner}/{repo}/issues`. `{path*}` at the end takes all that follows.
 *
 * @throws {ConfigurationError} where it is no route
 */
export function parseRoute(text: string): Route {
  const [, method = '', path = ''] = /^([A-Z]+|\*) (\/\S*)$/.exec(text) ?? []
  if (path === '') {
    throw new ConfigurationError(`\`${text}\` is no route: write a method and a path, as \`GET /things/{id}\`.`)
  }
  const segments = segmentsOf(path)
  const rest = /^\{(.+)\*\}$/.exec(segments.at(-1) ?? '')?.[1]

  function match(askedMethod: string, pathname: string): Record<string, string> | undefined {
    if (method !== '*' && method !== askedMethod) return undefined
    const asked = segmentsOf(pathname)
    const fixed = rest === undefined ? segments : segments.slice(0, -1)
    if (rest === undefined ? asked.length !== segments.length : asked.length < fixed.length) return undefined
    const values: Record<string, string> = {}
    for (const [at, segment] of fixed.entries()) {
      const value = asked[at] ?? ''
      const name = nameIn(segment)
      if (name !== undefined) values[name] = decoded(value)
      else if (segment !== value) return undefined
    }
    if (rest !== undefined) values[rest] = decoded(asked.slice(fixed.length).join('/'))
    return values
  }

  return { text, method, segments, match }
}

/** Gives the segments of a path. */
export function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1)
}

/** Gives the name in a segment such as `{owner}`. */
export function nameIn(segment: string): string | undefined {
  return /^\{(.+)\}$/.exec(segment)?.[1]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
