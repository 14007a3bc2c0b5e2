import { readFileSync } from 'node:fs'
import { isRecord } from 'hawser'
import { isBodiless } from '../answer.ts'
import type { Simulator } from '../simulator.ts'
import { bodyOf, bytesOfBody, fieldsOf, readCassette, type Cassette, type CassetteEntry } from './cassette.ts'
import { replaceSecretForms } from './secret-text.ts'
import { scrubbed } from './scrubber.ts'

/**
 * Answers from a cassette, or from the file of one, as each recorded vendor did: for `mockVendor`, and so on every front. The
 * same request gets its answers in the order in which they were recorded, and the last one from then on. Another request
 * is an error that says how the nearest one differs.
 *
 * @throws {ConfigurationError} where it is no cassette, or of another format
 */
export function replayCassette(cassette: Cassette | string): readonly Simulator[] {
  const { entries } = typeof cassette === 'string' ? readCassette(readFileSync(cassette, 'utf8')) : cassette
  return [...new Set(entries.map(originOf))].map((origin) =>
    replayed(
      origin,
      entries.filter((entry) => originOf(entry) === origin),
    ),
  )
}

const originOf = ({ request }: CassetteEntry): string => new URL(request.url).origin

function replayed(origin: string, entries: readonly CassetteEntry[]): Simulator {
  const used = new Set<CassetteEntry>()
  return {
    origin,
    async respond(request) {
      const asked = await askedOf(request, origin)
      // What was scrubbed leads to where it led before all else that it fits.
      const alike = entries.filter((entry) => differences(entry.request, asked, Object.is).length === 0)
      const fitting =
        alike.length > 0 ? alike : entries.filter((entry) => differences(entry.request, asked).length === 0)
      const entry = fitting.find((one) => !used.has(one)) ?? fitting.at(-1)
      if (!entry) throw unmatched(asked, entries)
      used.add(entry)
      const { status, headers, body } = entry.response
      return new Response(isBodiless(status) ? null : bytesOfBody(body), {
        status,
        headers: Object.entries(headers).map(([...pair]) => pair),
      })
    },
  }
}

type Asked = Pick<CassetteEntry['request'], 'method' | 'url' | 'query' | 'body'>

async function askedOf(request: Request, origin: string): Promise<Asked> {
  const url = new URL(request.url)
  const bytes = new Uint8Array(await request.arrayBuffer())
  const body = bodyOf(bytes, request.headers.get('content-type') ?? '')
  return {
    method: request.method,
    url: `${origin}${url.pathname}`,
    query: fieldsOf(url.searchParams),
    ...(body && { body }),
  }
}

/** Says how a request differs from a recorded one, line by line; what was scrubbed fits anything. */
function differences(recorded: Asked, asked: Asked, agree: typeof fits = fits): readonly string[] {
  const lines: string[] = []
  const compare = (was: unknown, is: unknown, place: string): void => {
    if ((isRecord(was) && isRecord(is)) || (Array.isArray(was) && Array.isArray(is))) {
      const [before, after] = [Object.entries(was), new Map(Object.entries(is))]
      for (const [name, item] of before) compare(item, after.get(name), `${place}.${name}`)
      for (const [name, item] of after) if (!(name in was)) compare(undefined, item, `${place}.${name}`)
    } else if (!agree(was, is, place)) lines.push(`${place}: recorded ${shown(was)}, asked ${shown(is)}`)
  }
  for (const part of ['method', 'url', 'query', 'body'] as const) compare(recorded[part], asked[part], part)
  return lines
}

function fits(was: unknown, is: unknown, place: string): boolean {
  if (typeof was !== 'string' || !scrubbed.test(was)) return Object.is(was, is)
  const pieces = was
    .split(new RegExp(scrubbed, 'g'))
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  // Of an address each piece was scrubbed by itself.
  return new RegExp(`^${pieces.join(place === 'url' ? '[^/]+' : '.+')}$`, 's').test(String(is))
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return replaceSecretForms(text.length > 80 ? `${text.slice(0, 80)}…` : text, () => 'a secret')
}

/** No error of a connection, so that nothing sends it again. */
function unmatched(asked: Asked, entries: readonly CassetteEntry[]): Error {
  const [nearest] = entries
    .map(({ request }) => ({ request, lines: differences(request, asked) }))
    .toSorted((a, b) => a.lines.length - b.lines.length)
  const { pathname, origin } = new URL(asked.url)
  const lines = [
    `No entry of the cassette answers ${asked.method} ${origin}${pathname}. Nothing was sent to the network.`,
    ...(nearest
      ? [
          `  nearest entry: ${nearest.request.method} ${nearest.request.url}`,
          ...nearest.lines.map((line) => `    ${line}`),
        ]
      : []),
  ]
  return Object.assign(new Error(lines.join('\n')), { code: 'UNHANDLED_REQUEST', errno: -1 })
}
