import type { Parents } from '../simulators/collection.ts'
import type { RouteHandler, RouteRequest } from '../simulators/definition.ts'
import type { Reply } from '../simulators/reply.ts'
import { expandAll } from './expand.ts'
import { metadata } from './fields.ts'
import type { StripeRecords } from './records.ts'

export type Asked = RouteRequest<StripeRecords>
export type Handler = RouteHandler<StripeRecords>

/** The account of every key. */
export const ownAccount = 'acct_1000000000000000'

/** Whose records a request is about: a connected account's where it names one. @see https://docs.stripe.com/connect/authentication */
export function accountOf({ headers }: Pick<Asked, 'headers'>): string {
  return headers['stripe-account'] ?? ownAccount
}

export function below(asked: Pick<Asked, 'headers'>): Parents {
  return { account: accountOf(asked) }
}

/** Makes an id that no other record has; `nth` tells those of one request apart. */
export function newId(prefix: string, { sequence }: Asked, nth = 0): string {
  return `${prefix}_${sequence.toString().padStart(12, '0')}${nth.toString().padStart(4, '0')}`
}

/** The key stands in the bearer token, or in the user's name of Basic. @see https://docs.stripe.com/api/authentication */
export function keyOf({ headers }: Pick<Asked, 'headers'>): string | undefined {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) (\S+)$/i.exec(headers['authorization'] ?? '') ?? []
  if (scheme === '') return undefined
  return scheme.toLowerCase() === 'bearer' ? value : Buffer.from(value, 'base64').toString().split(':')[0]
}

/** What nearly every object has. */
export function common(asked: Asked): {
  readonly livemode: boolean
  readonly created: number
  readonly metadata: ReturnType<typeof metadata>
} {
  const { input, now } = asked
  const livemode = /^[sr]k_live_/.test(keyOf(asked) ?? '')
  return { livemode, created: seconds(now), metadata: metadata(input['metadata']) }
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** Notes what happened among the events. @see https://docs.stripe.com/api/events/object */
export function happened(asked: Asked, type: string, object: unknown, before?: object): void {
  const { headers, now, sequence, collections } = asked
  const event = {
    id: newId('evt', asked, collections.events.all(below(asked)).length),
    object: 'event' as const,
    type,
    api_version: headers['stripe-version'] ?? null,
    ...(headers['stripe-account'] !== undefined && { account: headers['stripe-account'] }),
    data: { object, ...(before && { previous_attributes: before }) },
    request: { id: `request-${sequence}`, idempotency_key: headers['idempotency-key'] ?? null },
    livemode: common(asked).livemode,
    created: seconds(now),
  }
  collections.events.insert(event, below(asked))
}

/** Puts the objects into an answer that its request asked for by `expand`. */
export function expanding(handle: Handler): Handler {
  return async (asked): Promise<Reply> => {
    const reply = await handle(asked)
    return 'json' in reply && !(reply instanceof Response) ? expandAll(reply, asked) : reply
  }
}
