import { ConfigurationError } from 'hawser'
import type { Source, WebhookSource } from 'hawser/webhooks'
import { placed, valueAt } from '../placed.ts'

/** An event to deliver. */
export interface WebhookEvent {
  /** As a receiver hears it: `issues.opened`, `charge.succeeded`. */
  readonly event: string
  /** An object is written as JSON; text and bytes are sent as they are. @default an empty object */
  readonly payload?: object | string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** The delivery's id. @default one of the clock's */
  readonly id?: string
}

/** An event on its way out, before it is signed. */
export interface UnsignedEvent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  readonly id: string
}

/** Writes an event as the vendor does: its name and its id stand where the source says. */
export function unsigned(source: WebhookSource<object>, event: WebhookEvent, url: string, id: string): UnsignedEvent {
  const { payload = {} } = event
  const raw = typeof payload === 'string' || payload instanceof Uint8Array
  const type = raw ? undefined : { 'content-type': 'application/json' }
  let draft: Draft = { url, headers: { ...type, ...lowerCase(event.headers) }, payload: raw ? undefined : payload }
  for (const [at, name] of namesAt(source, event.event)) draft = put(draft, at, name)
  // A signature scheme puts its own id; this one is the vendor's.
  if (source.id && !isThere(draft, source.id)) draft = put(draft, source.id, id)
  return { url: draft.url, headers: draft.headers, id, body: raw ? payload : JSON.stringify(draft.payload) }
}

interface Draft {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Absent where the body is not to be touched. */
  readonly payload: unknown
}

/** Gives each place its part of the name; the last one gets what is left. */
function namesAt({ event: places }: WebhookSource<object>, name: string): readonly (readonly [Source, string])[] {
  const parts = name.split('.')
  return places.flatMap((at, index) => {
    const part = index < places.length - 1 ? parts[index] : parts.slice(index).join('.')
    return part === undefined || part === '' ? [] : [[at, part] as const]
  })
}

function put(draft: Draft, at: Source, value: string): Draft {
  if ('header' in at) return { ...draft, headers: { ...draft.headers, [headerOf(at)]: value } }
  if ('field' in at)
    return draft.payload === undefined ? draft : { ...draft, payload: placed(draft.payload, at.field, value) }
  if ('query' in at) {
    const url = new URL(draft.url)
    url.searchParams.set(at.query, value)
    return { ...draft, url: url.href }
  }
  throw new ConfigurationError('An entry of the signature header is no place for the name of an event.')
}

function isThere({ headers, payload }: Draft, at: Source): boolean {
  if ('header' in at) return headers[headerOf(at)] !== undefined
  return 'field' in at && valueAt(payload, at.field) !== undefined
}

function headerOf({ header }: { readonly header: string | readonly string[] }): string {
  return (typeof header === 'string' ? header : (header[0] ?? '')).toLowerCase()
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
