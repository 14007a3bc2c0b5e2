/** A link of a `Link` header. */
export interface Link {
  readonly url: string
  readonly rel: readonly string[]
}

// One link: <url> and its parameters, whose values may be quoted and then hold any comma or semicolon.
const linkPattern = /<([^<>]*)>((?:\s*;\s*[^\s=;,"]*(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g
const parameterPattern = /;\s*([^\s=;,"]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g

/** Parses a `Link` header. @see https://www.rfc-editor.org/rfc/rfc8288#section-3 */
export function parseLinks(header: string | undefined): readonly Link[] {
  const links: Link[] = []
  for (const [, url = '', parameters = ''] of (header ?? '').matchAll(linkPattern)) {
    const all = [...parameters.matchAll(parameterPattern)]
    const rel = all.find(([, name]) => name?.toLowerCase() === 'rel')
    const names = (rel?.[2] ?? rel?.[3] ?? '').toLowerCase().split(/\s+/).filter(Boolean)
    links.push({ url, rel: names })
  }
  return links
}

/** Gives the URL of the link with a relation such as `next`. */
export function linkTo(relation: string, header: string | undefined): string | undefined {
  return parseLinks(header).find(({ rel }) => rel.includes(relation))?.url
}
