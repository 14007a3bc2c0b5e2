import type { Connector, VendorProfile } from 'hawser'
import { mockVendor, type MockVendor } from '../mock-vendor.ts'
import type { ReceivedRequest } from '../journal/received-request.ts'
import type { Simulator } from '../simulator.ts'
import { altered, type Alter } from './altered.ts'
import type { ConformancePlan, ConformanceWebhooks, ConnectorClass } from './plan.ts'
import { tokenIn, trialCredential } from './trial-credential.ts'

/** Where nobody of the vendor's is. */
export const elsewhere = 'https://elsewhere.test'

/** What a case may ask before it is known to apply. */
export interface TrialFacts {
  readonly profile: VendorProfile
  readonly plan: Pick<ConformancePlan<Connector>, 'emptyPageEnds' | 'quotaSamples' | 'simulator'>
  readonly webhooks?: ConformanceWebhooks | undefined
  readonly writes: boolean
  readonly lists: boolean
}

/** What a case works with. */
export interface Trial extends TrialFacts {
  /** Puts a client before a vendor of its own. */
  readonly open: (options?: OpenOptions) => Subject
}

/** How a client and its vendor differ from the usual. */
interface OpenOptions {
  /** Changes what the vendor answers. */
  readonly alter?: Alter
  /** Whether the client may send again. @default true */
  readonly retry?: false
}

/** A client under test, before a vendor. */
export interface Subject {
  readonly client: Connector
  readonly vendor: MockVendor
  /** The token in force, and those before it. */
  readonly tokens: readonly string[]
  /** The tokens that came with what the vendor got, each out of the vendor's header. */
  readonly tokensSent: () => readonly (string | undefined)[]
  readonly read: () => Promise<unknown>
  readonly write: () => Promise<unknown>
  readonly list: () => AsyncIterable<unknown>
  /** What the vendor got. */
  readonly sent: () => readonly ReceivedRequest[]
  /** What somebody else got. */
  readonly strays: () => readonly ReceivedRequest[]
}

/** A sentence about connectors, what shows that it is true of one, and why it may not apply. */
export interface TrialCase {
  readonly name: string
  /** Says why the case does not apply; nothing where it does. */
  readonly skip?: (facts: TrialFacts) => string | undefined
  readonly run: (trial: Trial) => Promise<void>
}

/** Tries one connector; `opened` learns of every vendor that is to be disposed of. */
export function connectorTrial<C extends Connector>(
  connector: ConnectorClass<C>,
  plan: ConformancePlan<C>,
  opened: (vendor: MockVendor) => void,
): Trial {
  const { simulator, read, write, list, prepare, front = 'memory', options } = plan
  const header = connector.profile.oauth?.tokenHeader
  return {
    ...factsOf(connector, plan),
    open({ alter, retry } = {}) {
      const credential = trialCredential(header)
      const own = simulator()
      const vendor = mockVendor([alter ? altered(own, alter) : own, stranger], { front })
      opened(vendor)
      const client = new connector({
        ...options,
        ...(retry === false && { retry }),
        auth: credential,
        ...vendor.options,
      })
      const sent = (): readonly ReceivedRequest[] => vendor.requests.filter((request) => !isStray(request))
      return {
        client,
        vendor,
        tokens: credential.tokens,
        read: async () => read(client),
        write: async () => write?.(client),
        async *list() {
          // By another way to the same records, where no case counts or changes anything.
          using aside = mockVendor(own, { front: 'memory' })
          await prepare?.(new connector({ ...options, auth: trialCredential(header), ...aside.options }))
          if (list) yield* list(client)
        },
        sent,
        tokensSent: () => sent().map(({ headers }) => tokenIn(headers, header)),
        strays: () => vendor.requests.filter(isStray),
      }
    },
  }
}

/** Gives what a case may ask before it runs. */
export function factsOf<C extends Connector>({ profile }: ConnectorClass<C>, plan: ConformancePlan<C>): TrialFacts {
  const { simulator, emptyPageEnds, quotaSamples, webhooks, write, list } = plan
  return {
    profile,
    plan: {
      simulator,
      ...(emptyPageEnds !== undefined && { emptyPageEnds }),
      ...(quotaSamples && { quotaSamples }),
    },
    webhooks,
    writes: write !== undefined,
    lists: list !== undefined,
  }
}

const isStray = ({ url }: ReceivedRequest): boolean => new URL(url).origin === elsewhere
const stranger: Simulator = { origin: elsewhere, respond: () => Response.json({}) }

/** Tells whether a request holds a token, as it is or in base64. */
export function holds({ url, headers, body }: ReceivedRequest, token: string): boolean {
  const everything = [url, body, ...Object.values(headers)]
  const encoded = Object.values(headers).flatMap((value) =>
    value.split(' ').map((part) => Buffer.from(part, 'base64').toString()),
  )
  return [...everything, ...encoded].some((text) => text.includes(token))
}

/** Runs a call and gives its error; nothing where there is none. */
export async function failureOf(call: () => PromiseLike<unknown>): Promise<unknown> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error ?? new Error('It rejected with nothing.')
  }
}
