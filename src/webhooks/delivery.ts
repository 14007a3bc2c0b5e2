import { sha256Hex } from './digest.ts'
import { Buffer } from './encoding.ts'
import type { Reading, Verified } from './reading.ts'
import { bodyText, headerOf, refuse, textAt } from './request.ts'
import type { VendorWebhooks } from './source.ts'

/** A webhook that is the vendor's own: a plain value, with a key that stays the same on every attempt. */
export interface Delivery<Name extends string = string, Payload = unknown> extends Omit<Verified, 'ok'> {
  /** The delivery's id, or the body's digest where the vendor sends none. */
  readonly key: string
  readonly event: Name
  /** The JSON value; of a form, its fields; else the text. */
  readonly payload: Payload
  readonly body: Uint8Array
  /** Reads a header, by its name in lower case. */
  header(name: string): string | undefined
}

/** Makes the value that listeners get out of what was verified. */
export function deliveryOf(
  source: Pick<VendorWebhooks, 'event' | 'id'>,
  reading: Reading,
  verified: Verified,
): Delivery {
  const id = (source.id && textAt(reading, source.id)) ?? verified.id
  const { timestamp, keyIndex, covers } = verified
  return {
    id,
    timestamp,
    keyIndex,
    covers,
    key: id ?? `sha256:${sha256Hex(reading.body)}`,
    event: source.event
      .map((at) => textAt(reading, at) ?? '')
      .join('.')
      .replace(/\.+$/, ''),
    payload: payloadOf(reading),
    body: reading.body,
    header: (name) => headerOf(reading, name),
  }
}

function payloadOf(reading: Reading): unknown {
  const type = headerOf(reading, 'content-type') ?? ''
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(bodyText(reading.body)))
  const value = reading.root()
  if (value !== undefined) return value
  return type.includes('json') && reading.body.length > 0
    ? refuse('malformed-body')
    : Buffer.from(reading.body).toString()
}

/** The names under which an event is heard: `*`, `issues`, `issues.opened`. */
export function namesOf(event: string): readonly string[] {
  const parts = event.split('.')
  return ['*', ...parts.map((_, at) => parts.slice(0, at + 1).join('.'))]
}
