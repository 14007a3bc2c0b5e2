import { signedBy } from '../content.ts'
import { body, id, timestamp } from '../parts.ts'
import type { MessageScheme } from '../scheme.ts'

// Standard Webhooks and those who use it, with header names of their own or the common ones.

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export const standardWebhooks: MessageScheme = {
  kind: 'message',
  vendor: 'Standard Webhooks',
  algorithm: 'hmac-sha256',
  signature: { header: 'webhook-signature', separator: ' ', prefix: 'v1,' },
  encoding: 'base64',
  signed: signedBy(id, '.', timestamp, '.', body),
  secret: 'base64',
  secretPrefix: 'whsec_',
  timestamp: { at: { header: 'webhook-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
  id: { header: 'webhook-id' },
}

/** The asymmetric form: the secret is the public key, 32 raw bytes or SPKI in base64 behind `whpk_`. */
export const standardWebhooksV1a: MessageScheme = {
  ...standardWebhooks,
  algorithm: 'ed25519',
  signature: { header: 'webhook-signature', separator: ' ', prefix: 'v1a,' },
  secretPrefix: 'whpk_',
}

/** @see https://docs.svix.com/receiving/verifying-payloads/how-manual */
export const svix: MessageScheme = {
  ...standardWebhooks,
  vendor: 'Svix',
  signature: { header: ['svix-signature', 'webhook-signature'], separator: ' ', prefix: 'v1,' },
  timestamp: { at: { header: ['svix-timestamp', 'webhook-timestamp'] }, unit: 'seconds', toleranceSeconds: 300 },
  id: { header: ['svix-id', 'webhook-id'] },
}

/** @see https://docs.svix.com/receiving/verifying-payloads/how-manual */
export const svixV1a: MessageScheme = {
  ...svix,
  algorithm: 'ed25519',
  signature: { header: ['svix-signature', 'webhook-signature'], separator: ' ', prefix: 'v1a,' },
  secretPrefix: 'whpk_',
}

/** @see https://clerk.com/docs/webhooks/sync-data */
export const clerk: MessageScheme = { ...svix, vendor: 'Clerk' }

/** @see https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests */
export const resend: MessageScheme = { ...svix, vendor: 'Resend' }

/** @see https://developer.brex.com/docs/webhooks/ */
export const brex: MessageScheme = { ...svix, vendor: 'Brex' }

/** Also takes a secret without `whsec_`, as text. @see https://platform.openai.com/docs/guides/webhooks */
export const openai: MessageScheme = { ...standardWebhooks, vendor: 'OpenAI', secret: 'base64-or-text' }

/** @see https://replicate.com/docs/topics/webhooks/verify-webhook */
export const replicate: MessageScheme = { ...standardWebhooks, vendor: 'Replicate' }

/** @see https://docs.recall.ai/docs/authenticating-requests-from-recallai */
export const recall: MessageScheme = { ...svix, vendor: 'Recall.ai' }

/** @see https://docs.lithic.com/docs/events-api */
export const lithic: MessageScheme = { ...standardWebhooks, vendor: 'Lithic' }

/** @see https://docs.claude.com/en/api/overview */
export const anthropic: MessageScheme = { ...standardWebhooks, vendor: 'Anthropic' }

/** The secret is base64 without a prefix. @see https://developer.tryfinch.com/developer-resources/Webhooks */
export const finch: MessageScheme = {
  ...standardWebhooks,
  vendor: 'Finch',
  signature: { header: 'finch-signature', separator: ' ', prefix: 'v1,' },
  timestamp: { at: { header: 'finch-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
  id: { header: 'finch-event-id' },
}

/** The signing token. @see https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const gitlab: MessageScheme = { ...standardWebhooks, vendor: 'GitLab' }
