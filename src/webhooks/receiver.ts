import { checkNumber, checkOptions } from '../check.ts'
import { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
import { deliveryOf, namesOf, type Delivery } from './delivery.ts'
import { collect, fromFetch, type IncomingWebhook } from './incoming.ts'
import { prepareKeys } from './keys.ts'
import { verifyWithKeys, type KeyLookup } from './remote-keys.ts'
import type { ReplayWindow } from './replay-window.ts'
import { read } from './request.ts'
import { answer, type Answer, type WebhookSource } from './source.ts'
import { verifier, type VerifyOptions } from './verify.ts'

/** Options of {@link receiver}. */
export interface ReceiverOptions extends Omit<VerifyOptions, 'secrets'> {
  /** All that are in force; handshakes use the first. */
  readonly secrets?: VerifyOptions['secrets']
  /** Finds the keys of vendors that publish them. */
  readonly keys?: KeyLookup
  /**
   * The endpoint's URL as the vendor knows it, without the query; or a function of the URL that came in. Forwarded headers
   * are never believed, since anyone can send them. @default the URL that came in
   */
  readonly publicUrl?: string | ((url: string) => string)
  /** @default 5 MiB */
  readonly maxBodyBytes?: number
  /** Keeps a delivery from being handled twice. @default none */
  readonly replayWindow?: ReplayWindow
  /** Given, the vendor is answered first and the listeners' work is handed over here, as to `context.waitUntil`. */
  readonly background?: (work: Promise<void>) => void
  /** Learns of a listener's failure, and of a store that is down. */
  readonly onError?: (error: unknown) => void
}

/** An endpoint: a fetch handler with listeners. */
export interface Receiver<Events extends object = Record<string, unknown>> {
  (request: Request): Promise<Response>
  /** Calls `listener` for an event; `issues` hears `issues.opened` too, and `*` hears all. */
  on<Name extends keyof Events & string>(
    name: Name,
    listener: (delivery: Delivery<Name, Events[Name]>) => unknown,
  ): Receiver<Events>
  /** Takes a webhook in any form; the adapters call it. Never rejects. */
  handle(incoming: IncomingWebhook): Promise<Answer>
}

type Listener = (delivery: Delivery) => unknown

const known = 'secrets keys values toleranceSeconds now publicUrl maxBodyBytes replayWindow background onError'.split(
  ' ',
)

/**
 * Makes the endpoint of a vendor's webhooks.
 *
 * It answers 401 to what is not the vendor's, 400 to what cannot be read, 413 to what is too large, 503 where the keys or
 * the store are not to be had, and 500 where a listener fails, so that the vendor tries again.
 *
 * @throws {ConfigurationError} where an option is wrong.
 * @throws {WebhookVerificationError} with `no-secret` where a secret cannot be used.
 */
export function receiver<Events extends object = Record<string, unknown>>(
  source: WebhookSource<Events>,
  options: ReceiverOptions,
): Receiver<Events> {
  checkOptions('receiver', options, known)
  const {
    secrets = [],
    keys: lookup,
    publicUrl,
    background,
    replayWindow,
    values = {},
    onError = () => undefined,
  } = options
  const maxBodyBytes = checkNumber('maxBodyBytes', options.maxBodyBytes ?? 5 * 1024 * 1024, 0)
  const keys = lookup ? [] : prepareKeys(source.scheme, secrets)
  const verifyOnce = verifier(source.scheme, { ...options, secrets })
  const handled = source.handledStatus ?? 200
  const listeners = new Map<string, Listener[]>()

  async function handle(incoming: IncomingWebhook): Promise<Answer> {
    try {
      const body = await collect(incoming, maxBodyBytes)
      return body ? await respond(incoming, body) : answer(413)
    } catch (error) {
      if (error instanceof WebhookVerificationError) return answer(statusOf(error.reason), error.reason)
      onError(error)
      return answer(503)
    }
  }

  async function respond({ method, headers, url }: IncomingWebhook, body: Uint8Array): Promise<Answer> {
    const request = { method, headers, url: publicUrlOf(url, publicUrl), body }
    const reading = read(request)
    const greet = async (signed: boolean): Promise<Answer | undefined> => {
      for (const handshake of source.handshakes ?? []) {
        const reply = handshake.signed === signed ? await handshake.answer({ reading, keys, values }) : undefined
        if (reply) return reply
      }
      return undefined
    }
    const greeting = await greet(false)
    if (greeting) return greeting
    const result = lookup
      ? await verifyWithKeys(source.scheme, request, { ...options, keys: lookup })
      : verifyOnce(request)
    if (!result.ok) return answer(statusOf(result.reason), result.reason)
    return (await greet(true)) ?? accept(deliveryOf(source, reading, result))
  }

  async function accept(delivery: Delivery): Promise<Answer> {
    const claim = (await replayWindow?.claim(delivery.key)) ?? 'new'
    if (claim === 'done') return answer(handled)
    // Not yet 200: the attempt that is under way may still fail.
    if (claim === 'busy') return answer(503)
    const work = run(delivery)
    if (!background) return answer((await work) ? handled : 500)
    background(work.then(() => undefined))
    return answer(handled)
  }

  /** Calls the listeners one after another; the first that fails ends it. */
  async function run(delivery: Delivery): Promise<boolean> {
    let done = false
    try {
      for (const name of namesOf(delivery.event))
        for (const listener of listeners.get(name) ?? []) await listener(delivery)
      done = true
    } catch (error) {
      onError(error)
    }
    await replayWindow?.settle(delivery.key, done).catch(onError)
    return done
  }

  async function receive(request: Request): Promise<Response> {
    const { status, headers, body } = await handle(fromFetch(request))
    return new Response(status === 204 ? null : body, { status, headers })
  }

  const self: Receiver<Events> = Object.assign(receive, { on, handle })

  function on<Name extends keyof Events & string>(
    name: Name,
    listener: (delivery: Delivery<Name, Events[Name]>) => unknown,
  ): Receiver<Events> {
    // The name of the event decides the type of its payload; the vendor vouches for both.
    listeners.set(name, [...(listeners.get(name) ?? []), listener as Listener])
    return self
  }

  return self
}

function publicUrlOf(url: string, publicUrl: ReceiverOptions['publicUrl']): string {
  if (typeof publicUrl === 'function') return publicUrl(url)
  const query = url.indexOf('?')
  return publicUrl === undefined ? url : publicUrl + (query < 0 ? '' : url.slice(query))
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-15.5 */
function statusOf(reason: WebhookFailure): number {
  if (reason === 'key-unavailable' || reason === 'no-secret') return 503
  return /-(?:body|url)$/.test(reason) ? 400 : 401
}
