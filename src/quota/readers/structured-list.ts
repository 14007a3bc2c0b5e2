/** An item of a structured-field list: a text and its parameters. */
export interface ListItem {
  readonly value: string
  readonly parameters: ReadonlyMap<string, string>
}

const itemPattern =
  /\s*(?:"((?:[^"\\]|\\["\\])*)"|([A-Za-z*][\w*:/.!#$%&'+^`|~-]*))((?:\s*;\s*[a-z*][a-z0-9_.*-]*(?:=(?:"(?:[^"\\]|\\["\\])*"|[^",;\s]+))?)*)\s*(?:,|$)/y
const parameterPattern = /;\s*([a-z*][a-z0-9_.*-]*)(?:=(?:"((?:[^"\\]|\\["\\])*)"|([^",;\s]+)))?/g

/**
 * Parses a list of strings or tokens with parameters. A list that is malformed anywhere is empty: half a list could name
 * the wrong limit.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9651#section-4.2.1
 */
export function parseItems(text: string | undefined): readonly ListItem[] {
  if (text === undefined || text.trim() === '') return []
  const items: ListItem[] = []
  const pattern = new RegExp(itemPattern)
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (!match) return []
    const [, quoted, token, rest = ''] = match
    const parameters = new Map<string, string>()
    for (const [, name, inQuotes, bare] of rest.matchAll(parameterPattern)) {
      if (name !== undefined) parameters.set(name, inQuotes === undefined ? (bare ?? '?1') : unescaped(inQuotes))
    }
    items.push({ value: quoted === undefined ? (token ?? '') : unescaped(quoted), parameters })
  }
  return items
}

function unescaped(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}
