import { type QuotaRefusal, type VendorQuota } from '../limits/vendor-quota.ts'
import { stripeError } from './errors.ts'

/**
 * Stripe's refusals; the limits are those of the profile. No header tells what remains, or when there is room again.
 *
 * @see https://docs.stripe.com/rate-limits#handling-limiting-gracefully
 */
export const stripeQuota: Partial<VendorQuota> = { refuse: refusal }

function refusal({ of, limit }: QuotaRefusal): Response {
  const whose = limit.name === 'account' || limit.name === 'concurrency' ? 'global' : 'endpoint'
  const failure = { status: 429, message: 'Request rate limit exceeded.', code: 'rate_limit' }
  const headers = { 'stripe-rate-limited-reason': `${whose}-${of}` }
  return Response.json(stripeError(failure), { status: 429, headers })
}
