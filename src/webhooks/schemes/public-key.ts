import { signedBy } from '../content.ts'
import { body, checksum, id, lines, timestamp } from '../parts.ts'
import type { MessageScheme } from '../scheme.ts'

// The vendor signs with a private key; the secret given to `verify` is the public key or the certificate.

/** @see https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers */
export const discord: MessageScheme = {
  kind: 'message',
  vendor: 'Discord',
  algorithm: 'ed25519',
  signature: { header: 'x-signature-ed25519' },
  encoding: 'hex',
  signed: signedBy(timestamp, body),
  secret: 'hex',
  timestamp: { at: { header: 'x-signature-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
}
/** @see https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks */
export const telnyx: MessageScheme = {
  kind: 'message',
  vendor: 'Telnyx',
  algorithm: 'ed25519',
  signature: { header: 'telnyx-signature-ed25519' },
  encoding: 'base64',
  signed: signedBy(timestamp, '|', body),
  secret: 'base64',
  timestamp: { at: { header: 'telnyx-timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
}
/** @see https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features */
export const sendgrid: MessageScheme = {
  kind: 'message',
  vendor: 'SendGrid',
  algorithm: 'ecdsa-p256-sha256',
  signature: { header: 'x-twilio-email-event-webhook-signature' },
  encoding: 'base64',
  signed: signedBy(timestamp, body),
  secret: 'base64',
  timestamp: {
    at: { header: 'x-twilio-email-event-webhook-timestamp' },
    unit: 'seconds',
    toleranceSeconds: 300,
  },
}
/**
 * `values.webhookId` is the webhook's id in PayPal's dashboard. Of the body only a CRC-32 is signed, and deliveries are
 * repeated for days with the time of the first.
 *
 * @see https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
 */
export const paypal: MessageScheme = {
  kind: 'message',
  vendor: 'PayPal',
  algorithm: 'rsa-sha256',
  signature: { header: 'paypal-transmission-sig' },
  encoding: 'base64',
  signed: signedBy(id, '|', timestamp, '|', { value: 'webhookId' }, '|', checksum),
  timestamp: { at: { header: 'paypal-transmission-time' }, unit: 'iso', toleranceSeconds: Infinity },
  id: { header: 'paypal-transmission-id' },
  require: [{ at: { header: 'paypal-auth-algo' }, is: ['SHA256withRSA'] }],
  keys: {
    at: { header: 'paypal-cert-url' },
    allow: /^https:\/\/(?:[a-z\d-]+\.)+paypal\.com\/v1\/notifications\/certs\/[\w-]+$/,
  },
}
/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
export const sns: MessageScheme = {
  kind: 'message',
  vendor: 'AWS SNS',
  algorithm: { at: { field: 'SignatureVersion' }, of: { 1: 'rsa-sha1', 2: 'rsa-sha256' } },
  signature: { field: 'Signature' },
  encoding: 'base64',
  signed: signedBy(lines('Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type')),
  timestamp: { at: { field: 'Timestamp' }, unit: 'iso', toleranceSeconds: 3600 },
  id: { field: 'MessageId' },
  require: [{ at: { field: 'Type' }, is: ['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation'] }],
  keys: {
    at: { field: 'SigningCertURL' },
    allow: /^https:\/\/sns\.[a-z\d-]+\.amazonaws\.com(?:\.cn)?\/[\w.-]+\.pem$/,
  },
}
