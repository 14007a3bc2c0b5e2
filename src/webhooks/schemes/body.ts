import { signedBy } from '../content.ts'
import { body, url } from '../parts.ts'
import type { Algorithm, MessageScheme } from '../scheme.ts'

// HMAC of the raw body and nothing else. None of these protects against replay: keep the delivery's id.

function overBody(
  vendor: string,
  signature: MessageScheme['signature'],
  encoding: MessageScheme['encoding'],
  algorithm: Algorithm = 'hmac-sha256',
): MessageScheme {
  return { kind: 'message', vendor, algorithm, signature, encoding, signed: signedBy(body) }
}

/** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github: MessageScheme = {
  ...overBody('GitHub', { header: 'x-hub-signature-256', prefix: 'sha256=' }, 'hex'),
  id: { header: 'x-github-delivery' },
}
/** The older header. @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers */
export const githubSha1: MessageScheme = {
  ...overBody('GitHub', { header: 'x-hub-signature', prefix: 'sha1=' }, 'hex', 'hmac-sha1'),
  id: { header: 'x-github-delivery' },
}
/** @see https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks */
export const bitbucket: MessageScheme = overBody('Bitbucket', { header: 'x-hub-signature', prefix: 'sha256=' }, 'hex')
/** @see https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html */
export const bitbucketServer: MessageScheme = { ...bitbucket, vendor: 'Bitbucket Server' }
/** @see https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks */
export const jira: MessageScheme = { ...bitbucket, vendor: 'Jira', id: { header: 'x-atlassian-webhook-identifier' } }
/** @see https://docs.gitea.com/usage/webhooks */
export const gitea: MessageScheme = {
  ...overBody('Gitea', { header: 'x-gitea-signature' }, 'hex'),
  id: { header: 'x-gitea-delivery' },
}
/** @see https://gogs.io/docs/features/webhook */
export const gogs: MessageScheme = {
  ...overBody('Gogs', { header: 'x-gogs-signature' }, 'hex'),
  id: { header: 'x-gogs-delivery' },
}
/** @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https */
export const shopify: MessageScheme = {
  ...overBody('Shopify', { header: 'x-shopify-hmac-sha256' }, 'base64'),
  id: { header: 'x-shopify-webhook-id' },
}
/** The header of platform and management webhooks. @see https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures */
export const adyenPlatform: MessageScheme = {
  ...overBody('Adyen', { header: 'hmacsignature' }, 'base64'),
  secret: 'hex',
}
/** @see https://developers.intercom.com/docs/webhooks/webhook-notifications#signed-notifications */
export const intercom: MessageScheme = overBody(
  'Intercom',
  { header: 'x-hub-signature', prefix: 'sha1=' },
  'hex',
  'hmac-sha1',
)
/** @see https://www.dropbox.com/developers/reference/webhooks */
export const dropbox: MessageScheme = overBody('Dropbox', { header: 'x-dropbox-signature' }, 'hex')
/** @see https://www.typeform.com/developers/webhooks/secure-your-webhooks/ */
export const typeform: MessageScheme = overBody(
  'Typeform',
  { header: 'typeform-signature', prefix: 'sha256=' },
  'base64',
)
/** One header for each active key. @see https://developers.docusign.com/platform/webhooks/connect/hmac/ */
export const docusign: MessageScheme = overBody('DocuSign', { numbered: 'x-docusign-signature-' }, 'base64')
/** @see https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/ */
export const xero: MessageScheme = overBody('Xero', { header: 'x-xero-signature' }, 'base64')
/** Messenger, WhatsApp and Instagram. @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validating-payloads */
export const meta: MessageScheme = overBody('Meta', { header: 'x-hub-signature-256', prefix: 'sha256=' }, 'hex')
/** A second header while the secret is rolled. @see https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification */
export const hookdeck: MessageScheme = {
  ...overBody('Hookdeck', { header: ['x-hookdeck-signature', 'x-hookdeck-signature-2'] }, 'base64'),
  id: { header: 'x-hookdeck-eventid' },
}
/** @see https://docs.x.com/x-api/webhooks/quickstart */
export const x: MessageScheme = overBody('X', { header: 'x-twitter-webhooks-signature', prefix: 'sha256=' }, 'base64')
/** @see https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/ */
export const line: MessageScheme = overBody('LINE', { header: 'x-line-signature' }, 'base64')
/** The header `x-pusher-key` says which key: give the secrets with their ids. @see https://pusher.com/docs/channels/server_api/webhooks/#authentication */
export const pusher: MessageScheme = {
  ...overBody('Pusher', { header: 'x-pusher-signature' }, 'hex'),
  keyId: 'x-pusher-key',
}
/** @see https://developer.pagerduty.com/docs/verifying-webhook-signatures */
export const pagerduty: MessageScheme = overBody(
  'PagerDuty',
  { header: 'x-pagerduty-signature', separator: ',', prefix: 'v1=' },
  'hex',
)
/** @see https://circleci.com/docs/outbound-webhooks/#validate-webhooks */
export const circleci: MessageScheme = overBody(
  'CircleCI',
  { header: 'circleci-signature', separator: ',', prefix: 'v1=' },
  'hex',
)
/** @see https://docs.cdp.coinbase.com/commerce/webhooks */
export const coinbaseCommerce: MessageScheme = overBody(
  'Coinbase Commerce',
  { header: 'x-cc-webhook-signature' },
  'hex',
)
/** @see https://developer.gocardless.com/api-reference/#webhooks-signing-webhooks */
export const gocardless: MessageScheme = overBody('GoCardless', { header: 'webhook-signature' }, 'hex')
/** @see https://razorpay.com/docs/webhooks/validate-test/ */
export const razorpay: MessageScheme = {
  ...overBody('Razorpay', { header: 'x-razorpay-signature' }, 'hex'),
  id: { header: 'x-razorpay-event-id' },
}
/** @see https://documentation.onfido.com/#webhook-security */
export const onfido: MessageScheme = overBody('Onfido', { header: 'x-sha2-signature' }, 'hex')
/** @see https://docs.moderntreasury.com/platform/reference/webhook-signature */
export const modernTreasury: MessageScheme = overBody('Modern Treasury', { header: 'x-signature' }, 'hex')
/** @see https://developers.notion.com/reference/webhooks */
export const notion: MessageScheme = overBody('Notion', { header: 'x-notion-signature', prefix: 'sha256=' }, 'hex')
/** @see https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ */
export const sentry: MessageScheme = {
  ...overBody('Sentry', { header: 'sentry-hook-signature' }, 'hex'),
  id: { header: 'request-id' },
}
/** @see https://developers.asana.com/docs/webhooks-guide#security */
export const asana: MessageScheme = overBody('Asana', { header: 'x-hook-signature' }, 'hex')
/** @see https://vercel.com/docs/webhooks/webhooks-api#securing-webhooks */
export const vercel: MessageScheme = overBody('Vercel', { header: 'x-vercel-signature' }, 'hex', 'hmac-sha1')
/** @see https://woocommerce.github.io/woocommerce-rest-api-docs/#webhooks */
export const woocommerce: MessageScheme = {
  ...overBody('WooCommerce', { header: 'x-wc-webhook-signature' }, 'base64'),
  id: { header: 'x-wc-webhook-delivery-id' },
}
/** As Convoy signs by default; the sender may choose the other three. @see https://docs.getconvoy.io/product-manual/signatures */
export const convoy: MessageScheme = overBody('Convoy', { header: 'x-convoy-signature' }, 'hex')
export const convoyBase64: MessageScheme = { ...convoy, encoding: 'base64' }
export const convoySha512: MessageScheme = { ...convoy, algorithm: 'hmac-sha512' }
export const convoySha512Base64: MessageScheme = { ...convoySha512, encoding: 'base64' }
/** Body and callback URL. @see https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures */
export const trello: MessageScheme = {
  ...overBody('Trello', { header: 'x-trello-webhook' }, 'base64', 'hmac-sha1'),
  signed: signedBy(body, url),
}
/** URL and body. @see https://developer.squareup.com/docs/webhooks/step3validate */
export const square: MessageScheme = {
  ...overBody('Square', { header: 'x-square-hmacsha256-signature' }, 'base64'),
  signed: signedBy(url, body),
}
