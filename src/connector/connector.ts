import type { AuthenticateOptions } from '../auth/authenticate.ts'
import type { Credential } from '../auth/credential.ts'
import { checkOptions } from '../check.ts'
import { HttpClient } from '../client/client.ts'
import type { PlainOptions } from '../client/request-options.ts'
import { ConfigurationError } from '../errors.ts'
import type { RuntimeEvent } from '../events.ts'
import { axiosTransport } from '../http/axios-transport.ts'
import { mergeHeaders } from '../http/headers.ts'
import { oneText } from '../http/one-text.ts'
import { checkPatterns, type OwnOrigins } from '../http/origins.ts'
import { stack, type Policy, type PolicySettings } from '../http/policy.ts'
import type { Transport } from '../http/transport.ts'
import type { BucketState } from '../quota/bucket-state.ts'
import type { Quota } from '../quota/quota.ts'
import type { QuotaThrottle } from '../quota/throttle.ts'
import { guarded, systemRuntime, withListener, type Runtime } from '../runtime.ts'
import { checkConnection, type ConnectionCheck } from './connection-check.ts'
import { throttledOf, type VendorProfile } from './profile.ts'
import { baseUrlOf, type Tenant } from './tenant.ts'
import { deadlineOf, slotNames, slotsOf, standardPolicies, type PolicySlots } from './standard-policies.ts'

/** What every connector takes. */
export interface ConnectorOptions extends PolicySlots {
  /** Who asks: `bearer(token)`, `basic(user, password)`, `apiKey({…})`, `anonymous()`, or a credential of your own. */
  readonly auth: Credential
  /** Another address of the same API: an enterprise host, a test server. @default the profile's */
  readonly baseUrl?: string
  /** What stands in the profile's address for each customer, such as `{ shop: 'acme' }`. */
  readonly tenant?: Tenant
  /** Sent with every request, over the profile's. */
  readonly headers?: Readonly<Record<string, string>>
  /** @default `axiosTransport()` */
  readonly transport?: Transport
  /** Gets every event, in order, as it happens. */
  readonly onEvent?: (event: RuntimeEvent) => unknown
  /** Changes the standard stack where a slot is not enough. */
  readonly policies?: (standard: readonly Policy[]) => readonly Policy[]
  /** Time and chance. @default those of the process */
  readonly runtime?: Runtime
}

/** What a connector is made of, as plain data. */
export interface ConnectorDescription {
  readonly vendor: string
  readonly baseUrl: string
  readonly version?: string | undefined
  /** Outermost first. */
  readonly policies: readonly PolicySettings[]
  readonly transport: PolicySettings
}

const optionNames = [
  'auth',
  'baseUrl',
  'tenant',
  'headers',
  'transport',
  'onEvent',
  'policies',
  'runtime',
  ...slotNames,
]

/**
 * The base of every connector: takes a vendor's profile and makes the client of it. A subclass adds types and methods.
 *
 * @throws {ConfigurationError} where an option is unknown, missing or contradicts another
 */
export abstract class Connector {
  /** The vendor's facts; every subclass has its own. */
  declare static readonly profile: VendorProfile
  /** The client with the whole stack; for endpoints that the connector has no method for. */
  readonly http: HttpClient
  readonly #profile: VendorProfile
  readonly #transport: Transport
  readonly #access: AuthenticateOptions
  readonly #slots: PolicySlots
  /** What `describe()` shows of a stack that `policies` made; `undefined` for the standard one, which can be made again to ask it. */
  readonly #changed: readonly PolicySettings[] | undefined
  /** That of its throttle, or all where it has several. */
  readonly #quota: Quota | readonly Quota[]
  readonly #runtime: Runtime

  constructor(options: ConnectorOptions) {
    const profile: VendorProfile | undefined = new.target.profile
    if (!profile) throw new ConfigurationError(`${new.target.name} has no \`static readonly profile\`.`)
    checkOptions(new.target.name, options, optionNames)
    const { auth, policies, onEvent, transport = axiosTransport() } = options
    if (typeof transport !== 'function')
      throw new ConfigurationError('`transport` is a function: `axiosTransport()`, for one.')
    if (onEvent !== undefined && typeof onEvent !== 'function') throw new ConfigurationError('`onEvent` is a function.')
    if (typeof auth?.apply !== 'function') {
      throw new ConfigurationError(`${new.target.name} needs \`auth\`: \`bearer(token)\`, for one, or \`anonymous()\`.`)
    }
    const given = guarded(options.runtime ?? systemRuntime())
    const runtime = onEvent ? withListener(given, onEvent) : given
    const baseUrl = checkBaseUrl(options.baseUrl ?? baseUrlOf(profile, options.tenant))
    const { origins, hosts } = ownOrigins(profile, baseUrl, options.baseUrl !== undefined)
    const access = { credential: auth, origins, hosts }
    const slots = slotsOf(options)
    const standard = standardPolicies(profile, access, slots)
    const chosen = policies ? policies(standard) : standard
    const { version } = profile
    this.http = new HttpClient({
      vendor: profile.name,
      baseUrl,
      origins,
      hosts,
      headers: mergeHeaders(
        { 'user-agent': 'hawser', accept: 'application/json' },
        profile.headers,
        version?.header === undefined ? undefined : { [version.header]: version.value },
        options.headers,
      ),
      arrays: profile.arrays,
      dates: profile.dates,
      forms: profile.forms,
      keyedMethods: keyedMethods(options.idempotency ?? profile.idempotency ?? false),
      deadlineMs: deadlineOf(options),
      errors: profile.errors,
      throttled: throttledOf(profile),
      runtime,
      send: stack(chosen, transport, runtime),
    })
    this.#profile = profile
    this.#transport = transport
    // Not the policies: each that is kept would keep all that it was made of. Nor what they tell, which takes 500 bytes.
    this.#access = access
    this.#slots = slots
    this.#changed = policies && chosen.map(settingsOf)
    this.#quota = quotaOf(chosen)
    this.#runtime = runtime
  }

  /** Tells what this connector is made of: address, version, and every policy with the options in force. */
  describe(): ConnectorDescription {
    const { name, version } = this.#profile
    const policies = this.#changed ?? standardPolicies(this.#profile, this.#access, this.#slots).map(settingsOf)
    const transport = settingsOf(this.#transport)
    return { vendor: name, baseUrl: this.http.baseUrl, version: version?.value, policies, transport }
  }

  /** Tells how every known quota of this client stands: limit, what remains, who waits, and for how long. */
  quota(): readonly BucketState[] {
    const now = this.#runtime.now()
    return [this.#quota].flat().flatMap((quota) => quota.states(now))
  }

  /**
   * Tests address, credential and network with one read that changes nothing. What is wrong with the connection is a value,
   * not a rejection.
   *
   * @throws {ConfigurationError} where the profile names no `probe`, or an option is wrong
   * @throws {AbortedError} where your signal ended it
   */
  check(options?: PlainOptions): Promise<ConnectionCheck> {
    return checkConnection(this.http, this.#profile.probe, options)
  }

  /** Closes idle connections. Calls under way are finished. */
  close(): void {
    this.#transport.close?.()
  }
}

const none: readonly string[] = []
const noHosts: readonly RegExp[] = []

/** The methods whose writes the vendor recognises by a key; `undefined` where a policy of the user's own decides. */
function keyedMethods(slot: NonNullable<PolicySlots['idempotency']>): readonly string[] | undefined {
  if (slot === false) return none
  return typeof slot === 'function' ? undefined : (slot.methods ?? ['POST'])
}

/** A token for an enterprise host is not for the vendor's public ones. */
function ownOrigins({ origins = [], hosts = noHosts }: VendorProfile, baseUrl: string, elsewhere: boolean): OwnOrigins {
  checkPatterns('hosts', hosts)
  const { origin } = new URL(baseUrl)
  const all = elsewhere ? [oneText(origin)] : [oneText(origin), ...origins]
  return { origins: all, hosts: elsewhere ? undefined : hosts }
}

/** Gives the quotas of all throttles of a stack, of which there mostly is one. */
function quotaOf(policies: readonly Policy[]): Quota | readonly Quota[] {
  const [first, ...others] = policies.filter(isThrottle).map(({ keeps }) => keeps)
  if (!first) return noQuota
  return others.length === 0 ? first : [first, ...others]
}

const noQuota: readonly Quota[] = []

function isThrottle(policy: Policy): policy is QuotaThrottle {
  return 'keeps' in policy
}

function settingsOf(part: { readonly name: string; readonly settings?: PolicySettings }): PolicySettings {
  return part.settings ?? { name: part.name || 'a policy without a name' }
}

function checkBaseUrl(text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  // An empty query or fragment shows in the text only, and would swallow every path behind it.
  const usable = url && /^https?:$/.test(url.protocol) && !/[?#]/.test(url.href)
  // The address is not repeated: whoever puts a password into it must not find it in a log.
  if (!usable) throw new ConfigurationError('`baseUrl` is an absolute http or https URL without a query.')
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError('`baseUrl` holds a user name or password; give them as `auth: basic(user, password)`.')
  }
  return oneText(url.href.replace(/\/+$/, ''))
}
