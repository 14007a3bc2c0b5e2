import { signedBy } from '../content.ts'
import { id, timestamp } from '../parts.ts'
import type { MessageScheme } from '../scheme.ts'

// Some fields of the body are signed, and the rest of it may have been changed on the way.

/**
 * The signature stands in each item of the notification, and each must be valid. No field is a delivery's id: `pspReference` is the
 * payment's, of which several events tell.
 *
 * @see https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures
 */
export const adyen: MessageScheme = {
  kind: 'message',
  vendor: 'Adyen',
  algorithm: 'hmac-sha256',
  signature: { field: 'additionalData.hmacSignature' },
  encoding: 'base64',
  signed: signedBy(
    { field: 'pspReference', optional: true },
    ':',
    { field: 'originalReference', optional: true },
    ':',
    { field: 'merchantAccountCode', optional: true },
    ':',
    { field: 'merchantReference', optional: true },
    ':',
    { field: 'amount.value', optional: true },
    ':',
    { field: 'amount.currency', optional: true },
    ':',
    { field: 'eventCode', optional: true },
    ':',
    { field: 'success', optional: true },
  ),
  secret: 'hex',
  items: 'notificationItems.*.NotificationRequestItem',
}
/** `event-data` is not covered. @see https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks */
export const mailgun: MessageScheme = {
  kind: 'message',
  vendor: 'Mailgun',
  algorithm: 'hmac-sha256',
  signature: { field: 'signature.signature' },
  encoding: 'hex',
  signed: signedBy(timestamp, id),
  timestamp: { at: { field: 'signature.timestamp' }, unit: 'seconds', toleranceSeconds: 300 },
  id: { field: 'signature.token' },
}
/**
 * Formerly HelloSign; the secret is the API key. The event comes in the field `json` of a multipart form: pass the text of
 * that field as the body, of which only the event's time and type are covered.
 *
 * @see https://developers.hellosign.com/docs/events/walkthrough/#verifying-event-callbacks
 */
export const dropboxSign: MessageScheme = {
  kind: 'message',
  vendor: 'Dropbox Sign',
  algorithm: 'hmac-sha256',
  signature: { field: 'event.event_hash' },
  encoding: 'hex',
  signed: signedBy({ field: 'event.event_time' }, { field: 'event.event_type' }),
}
