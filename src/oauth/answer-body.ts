/** A decoded answer. Anything may be missing from it. */
export type AnswerBody = Readonly<Record<string, unknown>>

/**
 * Decodes the body of an answer, by what it holds and not by its label: vendors send JSON as `text/html`, and forms where
 * JSON was asked for. `undefined` where it is neither.
 */
export function decodeBody(text: string): AnswerBody | undefined {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(trimmed)
      return typeof value === 'object' && value !== null ? { ...value } : undefined
    } catch {
      return undefined
    }
  }
  return /^[\w.%+-]+=[^\s<>]*$/.test(trimmed) ? Object.fromEntries(new URLSearchParams(trimmed)) : undefined
}

/** Gives the value at a dotted path such as `authed_user.access_token`. Own fields only: a body may name `__proto__`. */
export function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    return Reflect.get(at, name)
  }, body)
}

/** Gives a body without the values at some dotted paths. */
export function withoutPaths(body: AnswerBody, paths: readonly string[]): AnswerBody {
  const entries = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    if (paths.includes(name)) return []
    const inner = paths.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []))
    if (inner.length === 0 || !isObject(value)) return [[name, value]]
    return [[name, withoutPaths(value, inner)]]
  })
  return Object.fromEntries(entries)
}

function isObject(value: unknown): value is AnswerBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
