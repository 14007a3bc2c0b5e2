import { signedBy } from '../content.ts'
import { body, decodedUrl, encodedPath, id, listedHeaders, method, secret, timestamp } from '../parts.ts'
import type { MessageScheme, Part, TimestampSource } from '../scheme.ts'

// The time is signed together with the body. Where a vendor names no tolerance, it is 300 seconds.

function timed(
  vendor: string,
  signature: MessageScheme['signature'],
  encoding: MessageScheme['encoding'],
  parts: readonly Part[],
  [at, unit, toleranceSeconds]: readonly [TimestampSource['at'], TimestampSource['unit'], number],
): MessageScheme {
  const time: TimestampSource = { at, unit, toleranceSeconds }
  return {
    kind: 'message',
    vendor,
    algorithm: 'hmac-sha256',
    signature,
    encoding,
    signed: signedBy(...parts),
    timestamp: time,
  }
}

/** `whsec_…` is text here. @see https://docs.stripe.com/webhooks#verify-manually */
export const stripe: MessageScheme = timed(
  'Stripe',
  { header: 'stripe-signature', separator: ',', prefix: 'v1=' },
  'hex',
  [timestamp, '.', body],
  [{ entry: 't=' }, 'seconds', 300],
)
/** @see https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures */
export const calendly: MessageScheme = timed(
  'Calendly',
  { header: 'calendly-webhook-signature', separator: ',', prefix: 'v1=' },
  'hex',
  [timestamp, '.', body],
  [{ entry: 't=' }, 'seconds', 180],
)
/** @see https://workos.com/docs/events/data-syncing/webhooks */
export const workos: MessageScheme = timed(
  'WorkOS',
  { header: 'workos-signature', separator: ',', prefix: 'v1=' },
  'hex',
  [timestamp, '.', body],
  [{ entry: 't=' }, 'milliseconds', 180],
)
/** @see https://www.mux.com/docs/core/verify-webhook-signatures */
export const mux: MessageScheme = timed(
  'Mux',
  { header: 'mux-signature', separator: ',', prefix: 'v1=' },
  'hex',
  [timestamp, '.', body],
  [{ entry: 't=' }, 'seconds', 300],
)
/** @see https://elevenlabs.io/docs/product-guides/administration/webhooks */
export const elevenlabs: MessageScheme = timed(
  'ElevenLabs',
  { header: 'elevenlabs-signature', separator: ',', prefix: 'v0=' },
  'hex',
  [timestamp, '.', body],
  [{ entry: 't=' }, 'seconds', 1800],
)
/** @see https://developer.paddle.com/webhooks/signature-verification */
export const paddle: MessageScheme = timed(
  'Paddle',
  { header: 'paddle-signature', separator: ';', prefix: 'h1=' },
  'hex',
  [timestamp, ':', body],
  [{ entry: 'ts=' }, 'seconds', 5],
)
/** @see https://docs.slack.dev/authentication/verifying-requests-from-slack/ */
export const slack: MessageScheme = timed(
  'Slack',
  { header: 'x-slack-signature', prefix: 'v0=' },
  'hex',
  ['v0:', timestamp, ':', body],
  [{ header: 'x-slack-request-timestamp' }, 'seconds', 300],
)
/** @see https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events */
export const zoom: MessageScheme = timed(
  'Zoom',
  { header: 'x-zm-signature', prefix: 'v0=' },
  'hex',
  ['v0:', timestamp, ':', body],
  [{ header: 'x-zm-request-timestamp' }, 'seconds', 300],
)
/** Two headers, one for each of the two keys. @see https://developer.box.com/guides/webhooks/v2/signatures-v2/ */
export const box: MessageScheme = {
  ...timed(
    'Box',
    { header: ['box-signature-primary', 'box-signature-secondary'] },
    'base64',
    [body, timestamp],
    [{ header: 'box-delivery-timestamp' }, 'iso', 600],
  ),
  id: { header: 'box-delivery-id' },
  require: [
    { at: { header: 'box-signature-version' }, is: ['1'] },
    { at: { header: 'box-signature-algorithm' }, is: ['HmacSHA256'] },
  ],
}
/** The time is a field of the signed body, in milliseconds. @see https://linear.app/developers/webhooks#securing-webhooks */
export const linear: MessageScheme = {
  kind: 'message',
  vendor: 'Linear',
  algorithm: 'hmac-sha256',
  signature: { header: 'linear-signature' },
  encoding: 'hex',
  signed: signedBy(body),
  timestamp: {
    at: [{ field: 'webhookTimestamp' }, { header: 'linear-timestamp' }],
    unit: 'milliseconds',
    toleranceSeconds: 60,
    optional: true,
  },
  id: { header: 'linear-delivery' },
}
/** @see https://developer.zendesk.com/documentation/webhooks/verifying/ */
export const zendesk: MessageScheme = {
  ...timed(
    'Zendesk',
    { header: 'x-zendesk-webhook-signature' },
    'base64',
    [timestamp, body],
    [{ header: 'x-zendesk-webhook-signature-timestamp' }, 'iso', 300],
  ),
  id: { header: 'x-zendesk-webhook-invocation-id' },
}
/** @see https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message */
export const twitch: MessageScheme = {
  ...timed(
    'Twitch',
    { header: 'twitch-eventsub-message-signature', prefix: 'sha256=' },
    'hex',
    [id, timestamp, body],
    [{ header: 'twitch-eventsub-message-timestamp' }, 'iso', 600],
  ),
  id: { header: 'twitch-eventsub-message-id' },
}
/** @see https://developers.webflow.com/data/docs/working-with-webhooks#validating-request-signatures */
export const webflow: MessageScheme = timed(
  'Webflow',
  { header: 'x-webflow-signature' },
  'hex',
  [timestamp, ':', body],
  [{ header: 'x-webflow-timestamp' }, 'milliseconds', 300],
)
/** A plain SHA-1 that ends in the secret. @see https://cloudinary.com/documentation/notifications#verifying_notification_signatures */
export const cloudinary: MessageScheme = {
  ...timed(
    'Cloudinary',
    { header: 'x-cld-signature' },
    'hex',
    [body, timestamp, secret],
    [{ header: 'x-cld-timestamp' }, 'seconds', 7200],
  ),
  algorithm: 'sha1',
}
/** For accounts that are set to SHA-256. @see https://cloudinary.com/documentation/notifications#verifying_notification_signatures */
export const cloudinarySha256: MessageScheme = { ...cloudinary, algorithm: 'sha256' }
/** @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
export const hubspot: MessageScheme = timed(
  'HubSpot',
  { header: 'x-hubspot-signature-v3' },
  'base64',
  [method, decodedUrl, body, timestamp],
  [{ header: 'x-hubspot-request-timestamp' }, 'milliseconds', 300],
)
/** @see https://www.contentful.com/developers/docs/webhooks/request-verification/ */
export const contentful: MessageScheme = {
  ...timed(
    'Contentful',
    { header: 'x-contentful-signature' },
    'hex',
    [
      method,
      '\n',
      encodedPath,
      '\n',
      listedHeaders('x-contentful-signed-headers', ['x-contentful-timestamp']),
      '\n',
      body,
    ],
    [{ header: 'x-contentful-timestamp' }, 'milliseconds', 30],
  ),
  defaults: { 'x-contentful-signed-headers': 'x-contentful-signed-headers,x-contentful-timestamp' },
}
