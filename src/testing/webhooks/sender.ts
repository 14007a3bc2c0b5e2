import { ConfigurationError, axiosTransport } from 'hawser'
import { sign, type SignedRequest, type SignOptions, type WebhookSource } from 'hawser/webhooks'
import type { FakeClock } from '../fake-clock.ts'
import { unsigned, type WebhookEvent } from './event.ts'
import { tampered, wrongSecret } from './forgery.ts'

/** What is wrong with a delivery. */
export type DeliveryVariant =
  /** The body was changed after it was signed. */
  | 'tampered'
  /** It was signed a day ago. */
  | 'stale'
  /** It was signed with another secret. */
  | 'wrongKey'
  /** The same bytes come a second time, ten minutes later: somebody has recorded them. */
  | 'replayed'
  /** The vendor delivers the same event twice, signed anew. */
  | 'duplicated'
  /** Several events come in the opposite order. */
  | 'reordered'

/** Where webhooks go, and how they are signed. */
export interface WebhookSettings {
  /** A fetch handler, such as a `receiver`, or the URL of a running server. */
  readonly to: ((request: Request) => Response | Promise<Response>) | string
  /** As the vendor holds them: for a scheme with a public key, the private one. */
  readonly secrets: SignOptions['secrets']
  /** The vendor's webhooks: one of `sources`, or a description of your own. @default the simulator's */
  readonly source?: WebhookSource<object>
  /** The public URL of the endpoint, where a function gets the request. @default 'https://app.test/webhooks' */
  readonly url?: string
  /** What is signed and not sent. */
  readonly values?: Readonly<Record<string, string>>
}

/** Options of `deliver`. */
export interface DeliverOptions extends Partial<WebhookSettings>, Pick<WebhookEvent, 'payload' | 'headers' | 'id'> {
  /** @default nothing is wrong */
  readonly as?: DeliveryVariant
}

/** Delivers events as a vendor does; resolves with the answers in the order in which they were sent. */
export type Deliver = (
  events: string | WebhookEvent | readonly (string | WebhookEvent)[],
  options?: DeliverOptions,
) => Promise<readonly Response[]>

const dayMs = 24 * 3_600_000
const replayedAfterMs = 10 * 60_000

/** Makes the sender of a vendor's webhooks, signed on the virtual clock. */
export function webhookSender(clock: FakeClock, standard: Partial<WebhookSettings>): Deliver {
  return async function deliver(events, options = {}) {
    const settings = settled({ ...standard, ...options })
    const { as, payload, headers, id } = options
    const list = (Array.isArray(events) ? events : [events]).map((one: string | WebhookEvent): WebhookEvent => {
      const common = {
        ...(payload !== undefined && { payload }),
        ...(headers && { headers }),
        ...(id !== undefined && { id }),
      }
      return typeof one === 'string' ? { event: one, ...common } : one
    })
    if (as === 'reordered' && list.length < 2) throw new ConfigurationError('`reordered` takes two events or more.')
    const answers: Response[] = []
    for (const event of as === 'reordered' ? list.toReversed() : list) {
      const given = { ...event, id: event.id ?? clock.runtime.uuid() }
      const signed = signedAs(as, settings, given, clock)
      answers.push(await send(settings, signed))
      if (as === 'replayed') {
        clock.advance(replayedAfterMs)
        answers.push(await send(settings, signed))
      }
      if (as === 'duplicated') answers.push(await send(settings, signedAs(as, settings, given, clock)))
    }
    return answers
  }
}

type Settled = WebhookSettings & Required<Pick<WebhookSettings, 'source'>>

function settled({ to, secrets, source, url, values }: Partial<WebhookSettings>): Settled {
  if (!to || !secrets || !source) {
    const missing = !to ? '`to`, a receiver or a URL' : !secrets ? '`secrets`' : '`source`, such as `sources.stripe`'
    throw new ConfigurationError(`\`deliver\` needs ${missing}: here, or as \`webhooks\` of \`mockVendor\`.`)
  }
  return { to, secrets, source, ...(url !== undefined && { url }), ...(values && { values }) }
}

function signedAs(
  as: DeliveryVariant | undefined,
  { to, secrets, source, values, url = typeof to === 'string' ? to : 'https://app.test/webhooks' }: Settled,
  event: WebhookEvent & { readonly id: string },
  clock: FakeClock,
): SignedRequest {
  const { scheme } = source
  if (as === 'stale' && scheme.kind === 'message' && !scheme.timestamp) {
    throw new ConfigurationError(`${scheme.vendor} signs no time: nothing of it can be stale.`)
  }
  const { body, headers, url: at } = unsigned(source, event, url, event.id)
  const prefix = scheme.kind === 'message' ? scheme.secretPrefix : undefined
  const signed = sign(
    scheme,
    { method: 'POST', url: at, headers, body },
    {
      secrets: as === 'wrongKey' ? secrets.map((secret) => wrongSecret(secret, prefix)) : secrets,
      id: event.id,
      now: as === 'stale' ? clock.now - dayMs : clock.now,
      ...(values && { values }),
    },
  )
  return as === 'tampered' ? { ...signed, body: tampered(signed.body) } : signed
}

async function send({ to }: Settled, { method, url = '', headers, body }: SignedRequest): Promise<Response> {
  if (typeof to === 'function') return to(new Request(url, { method, headers, body }))
  const transport = axiosTransport({ proxy: false })
  try {
    const answer = await transport({ method, url, headers, body, operation: 'POST webhook', idempotent: false })
    const bytes = answer.body instanceof Uint8Array && answer.body.length > 0 ? answer.body : null
    return new Response(bytes, { status: answer.status, headers: answer.headers })
  } finally {
    transport.close?.()
  }
}
