import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import {
  axiosTransport,
  checkOptions,
  collect,
  isRecord,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from 'hawser'
import { uploaded } from '../uploaded.ts'
import { bodyOf, fieldsOf, writeCassette, type Cassette, type CassetteEntry } from './cassette.ts'
import { CassetteSecretError } from './cassette-secret-error.ts'
import { secretsOf } from './known-secrets.ts'
import { createScrubber, holdsAny } from './scrubber.ts'

/** Options of {@link record}. */
export interface RecordOptions {
  /** Where the cassette is written. */
  readonly file: string
  /** What sends to the real vendor. @default `axiosTransport()` */
  readonly transport?: Transport
  /** Secrets beside those that the requests themselves show. */
  readonly secrets?: readonly string[]
  /** Changes what was scrubbed, or leaves it out with `undefined`. @default nothing is changed */
  readonly change?: (entry: CassetteEntry) => CassetteEntry | undefined
}

/** A recording under way. */
export interface Recorder {
  /** What to give to a connector: `new GitHub({ auth, transport: recorder.transport })`. */
  readonly transport: Transport
  /** Gives what was recorded, without its secrets. @throws {CassetteSecretError} where one would stand in it */
  cassette(): Cassette
  /** Writes the cassette. @throws {CassetteSecretError} where a secret would stand in it; nothing is written then */
  save(): Promise<void>
}

/**
 * Records what a real vendor answers, for a replay without it. Secrets are scrubbed: what the credential added, what has the
 * name of a secret, JSON web tokens, cookies, and whatever looks drawn at random.
 *
 * @throws {ConfigurationError} where an option is unknown
 */
export function record(options: RecordOptions): Recorder {
  checkOptions('record', options, ['file', 'transport', 'secrets', 'change'])
  const { file, transport = axiosTransport(), change = (entry) => entry } = options
  const secrets = new Set(options.secrets)
  const entries: CassetteEntry[] = []

  async function recorded(request: HttpRequest): Promise<HttpResponse> {
    const upload = request.body === undefined ? undefined : await uploaded(request)
    const response = await transport({ ...request, ...(upload && { body: upload }) })
    const body =
      response.body instanceof Readable
        ? await collect(response.body, request.maxResponseBytes ?? Infinity, request)
        : response.body
    const entry = entryOf(request, upload, { ...response, body })
    entries.push(entry)
    for (const secret of secretsOf(entry, request)) secrets.add(secret)
    return { ...response, body: request.stream ? Readable.from([body]) : body }
  }

  function cassette(): Cassette {
    // Scrubbed twice: the first time for the order alone, which decides the numbers of the second.
    const order = new Map(entries.map((entry) => [entry, orderOf(createScrubber(secrets).entry(entry))]))
    const sorted = entries.toSorted((a, b) =>
      (order.get(a) ?? '') < (order.get(b) ?? '') ? -1 : order.get(a) === order.get(b) ? 0 : 1,
    )
    const scrubber = createScrubber(secrets)
    const made: Cassette = {
      format: 'hawser-cassette/1',
      entries: sorted.flatMap((entry) => change(scrubber.entry(entry)) ?? []),
    }
    const places = made.entries.flatMap((entry) => placesOf(entry, [...secrets]))
    if (places.length > 0) throw new CassetteSecretError([...new Set(places)])
    return made
  }

  return {
    transport: Object.assign(recorded, {
      settings: { name: 'record', file },
      close: () => transport.close?.(),
    }),
    cassette,
    async save() {
      const text = writeCassette(cassette())
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    },
  }
}

function entryOf(
  { method, url: address, headers }: HttpRequest,
  upload: Uint8Array | undefined,
  response: { status: number; headers: HttpResponse['headers']; body: Uint8Array },
): CassetteEntry {
  const url = new URL(address)
  const sent = upload && bodyOf(upload, headers['content-type'])
  const got = bodyOf(response.body, response.headers['content-type'])
  return {
    request: {
      method,
      url: `${url.origin}${url.pathname}`,
      query: fieldsOf(url.searchParams),
      headers,
      ...(sent && { body: sent }),
    },
    response: { status: response.status, headers: response.headers, ...(got && { body: got }) },
  }
}

/** What decides the place of an entry; those that are the same stay in the order in which they were recorded. */
function orderOf({ request: { url, method, query, body } }: CassetteEntry): string {
  return JSON.stringify([url, method, query, body]).replaceAll(/scrubbed-\d+/g, 'scrubbed')
}

/** Says where a secret stands, in any encoding. */
function placesOf(entry: CassetteEntry, secrets: readonly string[]): readonly string[] {
  const { method, url } = entry.request
  const at = holdsAny(`${method} ${url}`, secrets) ? 'an address' : `${method} ${url}`
  const found: string[] = []
  const look = (value: unknown, place: string): void => {
    if (Array.isArray(value)) for (const item of value) look(item, place)
    else if (isRecord(value)) {
      for (const [name, item] of Object.entries(value)) {
        const isSecret = holdsAny(name, secrets)
        if (isSecret) found.push(`${at}: a name in ${place}`)
        look(item, isSecret ? place : [place, name].filter((part) => part !== '').join('.'))
      }
    } else if (holdsAny(String(value), secrets)) found.push(`${at}: ${place}`)
  }
  look(entry, '')
  return found
}
