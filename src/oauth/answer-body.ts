import { isRecord, parseJson } from 'hawser'

/** A decoded answer. Anything may be missing from it. */
export type AnswerBody = Readonly<Record<string, unknown>>

/**
 * Decodes the body of an answer, by what it holds and not by its label: vendors send JSON as `text/html`, and forms where
 * JSON was asked for. `undefined` where it is neither.
 */
export function decodeBody(text: string): AnswerBody | undefined {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    const value = parseJson(trimmed)
    return isRecord(value) ? value : undefined
  }
  return /^[\w.%+-]+=[^\s<>]*$/.test(trimmed) ? Object.fromEntries(new URLSearchParams(trimmed)) : undefined
}

/** Gives a body without the values at some dotted paths. */
export function withoutPaths(body: AnswerBody, paths: readonly string[]): AnswerBody {
  const entries = Object.entries(body).flatMap(([name, value]): [string, unknown][] => {
    if (paths.includes(name)) return []
    const inner = paths.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []))
    if (inner.length === 0 || !isRecord(value)) return [[name, value]]
    return [[name, withoutPaths(value, inner)]]
  })
  return Object.fromEntries(entries)
}
