// What a careful programmer writes for one vendor, in the least code: the scheme's own content, one constant-time comparison
// with its length guard, and the time. Headers are taken for lower case and single, and nothing says why a webhook is refused.
import { createHmac, timingSafeEqual } from 'node:crypto'

/** A delivery as a framework hands it over. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
const isFresh = (seconds: number): boolean => Math.abs(Date.now() / 1000 - seconds) <= 300

export function github({ headers, body }: Delivery, secret: string): boolean {
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  return equal(Buffer.from(headers['x-hub-signature-256'] ?? ''), Buffer.from(expected))
}

export function stripe({ headers, body }: Delivery, secret: string): boolean {
  const entries = (headers['stripe-signature'] ?? '').split(',')
  const time = entries.find((entry) => entry.startsWith('t='))?.slice(2)
  const expected = Buffer.from(createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex'))
  return (
    entries.some((entry) => entry.startsWith('v1=') && equal(Buffer.from(entry.slice(3)), expected)) &&
    isFresh(Number(time))
  )
}

export function standardWebhooks({ headers, body }: Delivery, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': list = '' } = headers
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const expected = Buffer.from(createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64'))
  return (
    list.split(' ').some((entry) => entry.startsWith('v1,') && equal(Buffer.from(entry.slice(3)), expected)) &&
    isFresh(Number(time))
  )
}
