import type { Tenant, VendorProfile } from 'hawser'
import type { WebhookSource } from 'hawser/webhooks'
import type { LimitState } from '../limits/meter.ts'
import type { VendorQuota } from '../limits/vendor-quota.ts'
import type { Simulator } from '../simulator.ts'
import type { Collection, Parents } from './collection.ts'
import type { SimulatedPages } from './pages.ts'
import type { Reply, SimulatedFailure } from './reply.ts'

/** What a request's sender wrote into the body: the fields of a JSON object, or of a form with `a[b]=c` as `{ a: { b: 'c' } }`. */
export type Input = Readonly<Record<string, unknown>>

/** A request that found its route. */
export interface RouteRequest<Records extends object> {
  readonly method: string
  readonly url: URL
  readonly query: URLSearchParams
  /** The values of the names in the route. */
  readonly params: Readonly<Record<string, string>>
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly input: Input
  readonly bytes: Uint8Array
  /** Milliseconds since the Unix epoch, by the virtual clock. */
  readonly now: number
  /** A number that no other request of this simulator has, counted from 1. */
  readonly sequence: number
  /** How the limits stand for whoever asks, all but the secondary ones. */
  readonly limits: readonly LimitState[]
  /** Gives back what a call was charged too much; gives how the limits of the call stand then. */
  readonly refund: (cost: number) => readonly LimitState[]
  readonly collections: { readonly [Name in keyof Records]: Collection<Records[Name]> }
}

/** Answers a route. */
export type RouteHandler<Records extends object> = (request: RouteRequest<Records>) => Reply | Promise<Reply>

/** What can be done with a collection over its routes. */
export type CollectionAction = 'list' | 'get' | 'create' | 'update' | 'delete'

/** What a new record is made with. */
export interface NewRecord {
  readonly now: number
  /** A number that no other record of this simulator has, counted from 1. */
  readonly sequence: number
  readonly parents: Parents
}

/** A collection with the routes that nearly every API has. */
export interface CollectionDefinition<T> {
  /** The path of its list, such as `/v1/projects/{project}/tickets`. Without one it has no routes of its own. */
  readonly path?: string
  /** The property that tells records apart. */
  readonly id: keyof T & string
  readonly seed?: readonly T[]
  /** How its list is paged. */
  readonly pages?: SimulatedPages
  /** Which records a list holds. @default all */
  readonly listed?: (record: T, query: URLSearchParams) => boolean
  /** Makes a record of what was sent, or refuses it. */
  readonly create?: (input: Input, made: NewRecord) => T | { readonly failure: SimulatedFailure }
  /** @default what was sent is laid over the record */
  readonly update?: (record: T, input: Input, now: number) => T | { readonly failure: SimulatedFailure }
  /** @default 'PATCH' */
  readonly updateMethod?: 'PATCH' | 'PUT' | 'POST'
  /** What is answered to a delete. @default status 204 */
  readonly deleted?: (record: T) => Reply
  /** @default all for which there is a `path`, `pages` and `create` */
  readonly offers?: readonly CollectionAction[]
}

/** A vendor, described: what its profile cannot tell. */
export interface SimulatorDefinition<Records extends object> {
  /** Its origins, version, idempotency, errors and the costs of its quota are taken from here. */
  readonly profile: VendorProfile
  /** Whose address it has, where the profile's `baseUrl` names a tenant. */
  readonly tenant?: Tenant
  readonly collections?: { readonly [Name in keyof Records]: CollectionDefinition<Records[Name]> }
  /** Routes beside those of the collections, and before them: `POST /v1/tickets/{id}/close`. */
  readonly routes?: Readonly<Record<string, RouteHandler<Records>>>
  /** Writes an error body. It must be what the profile's `errors` reads. @default `{ "message": … }` */
  readonly errors?: (failure: SimulatedFailure) => unknown
  /** Looks at every request first, for its credential above all. @default everybody may do everything */
  readonly authorize?: (request: RouteRequest<Records>) => Reply | undefined
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** The versions that it knows beside the profile's. @default none */
  readonly versions?: readonly string[]
  readonly idempotency?: {
    /** Answers a key that was used for something else. @default status 422 */
    readonly reused?: SimulatedFailure
    /** The header that marks an answer that was given before, with its value. @default none */
    readonly replayed?: readonly [string, string]
    /** How long a key is known. Milliseconds. @default 24 hours */
    readonly keepMs?: number
    /** Tells by its status whether an answer is kept. @default every answer is */
    readonly keeps?: (status: number) => boolean
    /** Whose key it is: another's is another key. @default the credential's */
    readonly owner?: (request: RouteRequest<Records>) => string
  }
  /** @default the limits of the profile's `quota`, which no header tells */
  readonly quota?: Partial<VendorQuota>
  /** Its webhooks, as `deliver` sends them. */
  readonly webhooks?: WebhookSource<object>
}

/** Options of a simulator that was defined. */
export interface SimulatorOptions {
  /** Other limits, or `false` for none. @default the definition's */
  readonly quota?: Partial<VendorQuota> | false
}

/** A simulator with its records. */
export interface VendorSimulator<Records extends object> extends Simulator {
  readonly collections: { readonly [Name in keyof Records]: Collection<Records[Name]> }
  readonly routes: readonly string[]
}
