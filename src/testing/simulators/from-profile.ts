import { ConfigurationError, type ErrorBody, type VendorProfile } from 'hawser'
import { retryAfterSeconds, type QuotaRefusal, type VendorQuota } from '../limits/vendor-quota.ts'
import type { SimulatorDefinition } from './definition.ts'
import { idempotencyStore, type IdempotencyRules, type IdempotencyStore } from './idempotency-store.ts'
import { refuse, type Reply, type SimulatedFailure } from './reply.ts'

// What a simulator does because the vendor's profile says so.

type Headers = Readonly<Record<string, string>>

/**
 * Proves that the profile reads what a simulator writes of errors: if it does not, one of the two is wrong.
 *
 * @throws {ConfigurationError}
 */
export function proveErrors({ errors }: VendorProfile, write: (failure: SimulatedFailure) => unknown): void {
  const sample = { status: 400, message: 'A sample message.', code: 'a_sample_code' }
  const body: ErrorBody = JSON.parse(JSON.stringify(write(sample)))
  for (const [what, read, meant] of [
    ['message', errors?.message, sample.message],
    ['code', errors?.code, sample.code],
  ] as const) {
    const said = read?.(body)
    if (read && said !== meant) {
      const found = JSON.stringify(said)
      throw new ConfigurationError(`The profile's \`errors.${what}\` reads ${found} in what \`errors\` writes.`)
    }
  }
}

/** Refuses a version that the vendor does not know. A request without one gets the vendor's own choice. */
export function checkVersion(
  { profile: { version }, versions = [] }: Pick<SimulatorDefinition<object>, 'profile' | 'versions'>,
  headers: Headers,
): Reply | undefined {
  const asked = version?.header && headers[version.header.toLowerCase()]
  if (!version || asked === undefined || asked === version.value || versions.includes(asked)) return undefined
  return refuse(400, `The version ${asked} is not known.`, 'unknown_version')
}

/** Makes the store of a vendor that recognises a repeated write. */
export function keyStore({
  profile,
  idempotency = {},
}: {
  readonly profile: VendorProfile
  readonly idempotency?: Partial<IdempotencyRules>
}): IdempotencyStore | undefined {
  if (!profile.idempotency) return undefined
  const message = 'This idempotency key was used for another request.'
  const {
    reused = { status: 422, message, code: 'idempotency_key_reused' },
    replayed,
    keepMs = 24 * 3_600_000,
    keeps = () => true,
  } = idempotency
  return idempotencyStore({ reused, replayed, keepMs, keeps })
}

/** Gives the key under which a vendor knows a write. */
export function keyOf({ idempotency }: VendorProfile, method: string, headers: Headers): string | undefined {
  if (!idempotency || !(idempotency.methods ?? ['POST']).includes(method)) return undefined
  return headers[idempotency.header.toLowerCase()]
}

/** Lays quotas over what the profile says, the later over the earlier; refuses in the vendor's own form. */
export function quotaOf(
  { quota: facts = {}, maxConcurrent = facts.maxConcurrent }: VendorProfile,
  write: (reply: Reply) => Response,
  ...quotas: readonly (Partial<VendorQuota> | undefined)[]
): VendorQuota | undefined {
  const { cost, family, object, limits = [] } = facts
  const told: VendorQuota = {
    limits,
    refuse: (refusal) => write(tooMany(refusal)),
    ...(cost && { cost }),
    ...(family && { family }),
    ...(object && { object }),
    ...(maxConcurrent !== undefined && { maxConcurrent }),
  }
  const quota = quotas.reduce<VendorQuota>((all, one) => ({ ...all, ...one }), told)
  return quota.limits.length === 0 && quota.maxConcurrent === undefined ? undefined : quota
}

function tooMany(refusal: QuotaRefusal): Reply {
  const message = refusal.of === 'rate' ? 'Too many requests.' : 'Too many requests at once.'
  return {
    failure: { status: 429, message, code: 'rate_limited' },
    headers: { 'retry-after': String(retryAfterSeconds(refusal)) },
  }
}
