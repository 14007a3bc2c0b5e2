// Connectors with one fault each: the case that names the fault is the one that fails, and no other.
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import {
  DecodeError,
  HttpError,
  described,
  fieldAt,
  isHawserError,
  parseLinks,
  xRateLimit,
  type ConnectionCheck,
  type ConnectorOptions,
  type HttpClient,
  type Policy,
  type SchemaResult,
  type StandardSchema,
  type VendorProfile,
} from 'hawser'
import { conformance, type ConformancePlan, type ConnectorClass } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'
import { Tracker, plan, tracker, type Ticket } from './tracker.ts'

type Mutant = readonly [connector: ConnectorClass<Tracker>, plan?: Partial<ConformancePlan<Tracker>>]

function withOptions(change: (options: ConnectorOptions) => Partial<ConnectorOptions>): ConnectorClass<Tracker> {
  return class extends Tracker {
    constructor(options: ConnectorOptions) {
      super({ ...options, ...change(options) })
    }
  }
}

function withProfile(profile: VendorProfile): ConnectorClass<Tracker> {
  return class extends Tracker {
    static override readonly profile: VendorProfile = profile
  }
}

function withMethods(
  change: (http: HttpClient, standard: Tracker['tickets']) => object,
  base: ConnectorClass<Tracker> = Tracker,
): ConnectorClass<Tracker> {
  return class extends base {
    constructor(options: ConnectorOptions) {
      super(options)
      Object.assign(this.tickets, change(this.http, { ...this.tickets }))
    }
  }
}

const outermost = (policy: Policy): ConnectorClass<Tracker> =>
  withOptions(() => ({ policies: (standard) => [policy, ...standard] }))
const innermost = (policy: Policy): ConnectorClass<Tracker> =>
  withOptions(() => ({ policies: (standard) => [...standard, policy] }))
const nameOf = ({ settings }: Policy): unknown => settings?.name
const mutant = (policy: Policy): Policy => described({ name: 'mutant' }, policy)

/** Changes what `get` throws. */
const failing = (change: (error: unknown) => unknown, base?: ConnectorClass<Tracker>): ConnectorClass<Tracker> =>
  withMethods(
    (_, { get }) => ({
      get: (id: string) =>
        get(id).catch((error: unknown) => {
          throw change(error)
        }),
    }),
    base,
  )

/** A pager by hand; what it does with a page decides the mutant. */
async function* byHand(
  http: HttpClient,
  { endsWhenEmpty = false, follows = false, forgets = 0 },
): AsyncGenerator<unknown> {
  const asked = new Set<string>()
  let url: string | undefined = `${http.baseUrl}/tickets?limit=2`
  while (url !== undefined) {
    const anonymous = follows && !url.startsWith(http.baseUrl)
    const answer = await http.send({ ...http.build('GET', http.baseUrl), url, ...(anonymous && { anonymous }) })
    const body: unknown = JSON.parse(Buffer.from(answer.body as Uint8Array).toString())
    const items = fieldAt(body, 'results')
    const cursor = fieldAt(body, 'next')
    const all = Array.isArray(items) ? items : []
    yield* all.slice(forgets)
    const next = parseLinks(answer.headers['link'] ?? '').find(({ rel }) => rel.includes('next'))?.url
    if (endsWhenEmpty && all.length === 0) return
    const following =
      typeof cursor === 'string' && cursor !== '' ? `${http.baseUrl}/tickets?limit=2&after=${cursor}` : undefined
    url = follows && next !== undefined ? next : following
    if (forgets > 0 || endsWhenEmpty || follows) {
      if (url !== undefined && asked.has(url)) return
      if (url !== undefined) asked.add(url)
    }
  }
}

const strict: StandardSchema<Ticket> = {
  '~standard': {
    version: 1,
    vendor: 'by hand',
    validate(value): SchemaResult<Ticket> {
      const names = Object.keys(value as Ticket)
        .toSorted()
        .join()
      return names === 'id,title' ? { value: value as Ticket } : { issues: [{ path: [names] }] }
    },
  },
}

/** Waits three seconds, whatever the vendor asks for. */
const stubbornRetry = mutant((next, runtime) => async (request) => {
  for (let attempt = 1; ; attempt++) {
    const last = attempt === 4 || !request.idempotent
    try {
      const response = await next(request)
      if (last || response.status < 500) return response
    } catch (error) {
      if (last || !isHawserError(error) || error.code !== 'NETWORK') throw error
    }
    await runtime.sleep(3000, request.signal)
  }
})

/** Verifies what a body means, and not what came. */
const meaning: ConformancePlan<Tracker>['webhooks'] = {
  event: 'ticket.opened',
  receiver:
    ({ secrets: [secret], now }) =>
    async (request) => {
      const body = JSON.stringify(JSON.parse(await request.text()))
      const [, time = '', signature] = /t=(\d+),v1=(\w+)/.exec(request.headers.get('stripe-signature') ?? '') ?? []
      const right = createHmac('sha256', String(secret)).update(`${time}.${body}`).digest('hex')
      const fresh = Math.abs(now() / 1000 - Number(time)) < 300
      return new Response(null, { status: signature === right && fresh ? 200 : 401 })
    },
}

const { idempotency: _, ...withoutKeys } = tracker
const leaked: string[] = []

const mutants: readonly (readonly [fault: string, fails: string, mutant: Mutant])[] = [
  [
    'renews on a 403 too',
    'renews nothing on a 403',
    [withOptions(({ auth }) => ({ auth: { ...auth, refused: ({ status }) => status === 401 || status === 403 } }))],
  ],
  [
    'never renews',
    'renews a credential that is refused once, and sends the read again',
    [
      withOptions(({ auth }) => ({
        auth: { kind: 'fixed', apply: (request, runtime) => auth.apply(request, runtime) },
      })),
    ],
  ],
  [
    'sends a POST without a key again',
    'sends no write twice that the vendor would do twice',
    [
      class extends outermost(mutant((next) => async (request) => next({ ...request, idempotent: true }))) {
        static override readonly profile: VendorProfile = withoutKeys
      },
    ],
  ],
  [
    'sends a write again by itself, under another key',
    'sends one key with every attempt of a write, and another with the next write',
    [
      withMethods((_, { create }) => ({
        create: (json: { readonly title: string }) => create(json).catch(() => create(json)),
      })),
    ],
  ],
  [
    'makes a new key for each attempt',
    'sends one key with every attempt of a write, and another with the next write',
    [
      innermost(
        mutant((next, runtime) => async (request) => {
          if (request.method !== 'POST') return next(request)
          return next({ ...request, headers: { ...request.headers, 'idempotency-key': runtime.uuid() } })
        }),
      ),
    ],
  ],
  [
    'follows a page to another origin',
    'follows no page to another origin',
    [withMethods((http) => ({ list: () => byHand(http, { follows: true }) }))],
  ],
  [
    'loops on a repeated cursor',
    'asks for no page twice, although a page names itself as the next',
    [withMethods((http) => ({ list: () => byHand(http, {}) }))],
  ],
  [
    'takes an empty page for the end',
    'goes on after an empty page',
    [withMethods((http) => ({ list: () => byHand(http, { endsWhenEmpty: true }) }))],
  ],
  [
    'loses the first item of each page',
    'reads a listing to its end',
    [withMethods((http) => ({ list: () => byHand(http, { forgets: 1 }) }))],
  ],
  [
    'reads its quota in the wrong unit',
    'reads the quota as the vendor means it',
    [
      withProfile({
        ...tracker,
        quota: {
          ...tracker.quota,
          reader: xRateLimit({ reset: 'delta-seconds', window: 'minute', windowMs: { minute: 60_000 } }),
        },
      }),
    ],
  ],
  [
    'misreads an answer that its vendor documents',
    'reads the quota as the vendor means it',
    [
      Tracker,
      {
        quotaSamples: [{ headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '1' }, reads: { cost: 59 } }],
      },
    ],
  ],
  [
    'puts the token into its errors',
    'keeps the credential out of every error',
    [
      failing(
        (error) => Object.assign(error as Error, { hint: leaked.at(-1) }),
        innermost(
          mutant((next) => async (request) => {
            leaked.push(request.headers['authorization'] ?? '')
            return next(request)
          }),
        ),
      ),
    ],
  ],
  [
    'loses the request id',
    'tells the vendor’s id of a request in its error',
    [failing((error) => (error instanceof HttpError ? new HttpError(error.message, { status: error.status }) : error))],
  ],
  [
    'throws errors without a type',
    'maps each failure to a typed error',
    [
      failing((error) =>
        error instanceof HttpError ? Object.assign(new Error(error.message), { requestId: error.requestId }) : error,
      ),
    ],
  ],
  [
    'sends its credential everywhere',
    'sends the credential to no other origin',
    [
      innermost(
        mutant((next) => {
          let last: string | undefined
          return async (request) => {
            last = request.headers['authorization'] ?? last
            return next({
              ...request,
              headers: { ...request.headers, ...(last !== undefined && { authorization: last }) },
            })
          }
        }),
      ),
    ],
  ],
  [
    'does not look at Retry-After',
    'waits as long as Retry-After asks, in seconds and as a date',
    [
      withOptions(() => ({
        policies: (standard) => standard.map((policy) => (nameOf(policy) === 'retry' ? stubbornRetry : policy)),
      })),
    ],
  ],
  [
    'keeps a 429 to the call that met it',
    'lets a 429 pause every call that counts in the same quota',
    [withOptions(() => ({ throttle: false }))],
  ],
  [
    'does not hear an abort',
    'ends at once when its caller aborts, on the wire and in a wait',
    [outermost(mutant((next) => async (request) => next({ ...request, signal: undefined })))],
  ],
  [
    'refuses fields that it does not know',
    'takes answers with fields that it does not know',
    [withMethods((http) => ({ get: (id: string) => http.get(`/tickets/${id}`, { schema: strict }) }))],
  ],
  [
    'takes the beginning of an answer for all of it',
    'takes no part of an answer for the whole',
    [
      withMethods((http) => ({
        async get(id: string) {
          const chunks: Uint8Array[] = []
          const body = await http.stream(`/tickets/${id}`)
          try {
            for await (const chunk of body) chunks.push(chunk)
          } catch {
            return undefined
          }
          try {
            return JSON.parse(Buffer.concat(chunks).toString()) as unknown
          } catch {
            throw new DecodeError('Not JSON.')
          }
        },
      })),
    ],
  ],
  [
    'takes any text for an answer',
    'refuses an answer that is no JSON',
    [withMethods((http) => ({ get: (id: string) => http.text(`/tickets/${id}`) }))],
  ],
  [
    'has a policy without a name',
    'describes itself whole',
    [withOptions(() => ({ policies: (standard) => [...standard, (next) => next] }))],
  ],
  [
    'finds every connection good',
    'tests a connection by a read, and tells what is wrong with it',
    [
      class extends Tracker {
        override async check(): Promise<ConnectionCheck> {
          return { ok: true }
        }
      },
    ],
  ],
  [
    'tests a connection by a write',
    'tests a connection by a read, and tells what is wrong with it',
    [withProfile({ ...tracker, probe: { route: 'POST /tickets' } })],
  ],
  [
    'compares what a webhook means',
    'verifies a webhook’s bytes, and not what they mean',
    [Tracker, { webhooks: meaning }],
  ],
  [
    'believes a webhook of any age',
    'refuses a webhook that was signed a day ago',
    [
      Tracker,
      {
        webhooks: {
          event: 'ticket.opened',
          receiver: ({ secrets, now }) => receiver(sources.stripe, { secrets, now, toleranceSeconds: Infinity }),
        },
      },
    ],
  ],
]

async function failuresOf([connector, change]: Mutant): Promise<readonly string[]> {
  const failed: string[] = []
  for (const { name, run } of conformance(connector, { ...plan, ...change })) {
    await run().catch(({ name: type }: Error) => failed.push(type === 'AssertionError' ? name : `${name}: ${type}`))
  }
  return failed
}

it('finds nothing wrong with a sound connector, and applies every case to it', async () => {
  expect(await failuresOf([Tracker])).toEqual([])
  expect(conformance(Tracker, plan).flatMap(({ skip }) => skip ?? [])).toEqual([])
})

it.each(mutants)('finds a connector that %s', async (_, fails, connector) => {
  expect(await failuresOf(connector)).toEqual([fails])
})
