import { signedBy } from '../content.ts'
import type { MessageScheme } from '../scheme.ts'

// A bare secret is sent along. Whoever sees one request can forge the next, and nothing of it is covered: use TLS, and
// look up what matters in the vendor's API.

function token(
  vendor: string,
  signature: MessageScheme['signature'],
  encoding: 'text' | 'base64' = 'text',
): MessageScheme {
  return { kind: 'message', vendor, algorithm: 'token', signature, encoding, signed: signedBy() }
}

/** The older way; prefer `gitlab`. @see https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const gitlabToken: MessageScheme = {
  ...token('GitLab', { header: 'x-gitlab-token' }),
  id: { header: ['idempotency-key', 'x-gitlab-event-uuid'] },
}
/** The whole header is the secret. @see https://developer.okta.com/docs/concepts/event-hooks/ */
export const okta: MessageScheme = token('Okta', { header: 'authorization' })
/** The whole header is the secret. @see https://auth0.com/docs/customize/log-streams/custom-log-streams */
export const auth0: MessageScheme = token('Auth0', { header: 'authorization' })
/** The secret is `user:password`, or the header as a whole. @see https://www.chargebee.com/docs/2.0/webhook_settings.html */
export const chargebee: MessageScheme = {
  ...token('Chargebee', { header: 'authorization', prefix: 'Basic ' }, 'base64'),
  secret: 'base64-or-text',
  secretPrefix: 'Basic ',
}
/** The secret is as Chargebee's. @see https://postmarkapp.com/developer/webhooks/webhooks-overview */
export const postmark: MessageScheme = { ...chargebee, vendor: 'Postmark' }
/** The secret is the API key's id. @see https://developers.deepgram.com/docs/using-callbacks-to-return-transcripts-to-your-server */
export const deepgram: MessageScheme = token('Deepgram', { header: 'dg-token' })
/** `clientState` of each notification. @see https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks */
export const microsoftGraph: MessageScheme = { ...token('Microsoft Graph', { field: 'clientState' }), items: 'value.*' }
