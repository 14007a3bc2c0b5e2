import { signedBy } from '../content.ts'
import { body, bareUrl, form, method, secret, sortedUrl, url } from '../parts.ts'
import type { MessageScheme } from '../scheme.ts'
import { urlSpellings } from '../url.ts'

// The public URL is signed: behind a proxy it must be given as the vendor knows it.

const hubspotHash: Omit<MessageScheme, 'signed'> = {
  kind: 'message',
  vendor: 'HubSpot',
  algorithm: 'sha256',
  signature: { header: 'x-hubspot-signature' },
  encoding: 'hex',
}
/** @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
export const hubspotV1: MessageScheme = {
  ...hubspotHash,
  signed: signedBy(secret, body),
  require: [{ at: { header: 'x-hubspot-signature-version' }, is: ['v1'], optional: true }],
}
/** @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
export const hubspotV2: MessageScheme = {
  ...hubspotHash,
  signed: signedBy(secret, method, url, body),
  require: [{ at: { header: 'x-hubspot-signature-version' }, is: ['v2'], optional: true }],
}
/**
 * Forms are signed with the URL; of a JSON body, the URL's query names the digest.
 *
 * @see https://www.twilio.com/docs/usage/security#validating-requests
 */
export const twilio: MessageScheme = {
  kind: 'message',
  vendor: 'Twilio',
  algorithm: 'hmac-sha1',
  signature: { header: 'x-twilio-signature' },
  encoding: 'base64',
  signed: signedBy(url, form),
  bodyDigest: { query: 'bodySHA256' },
  spellings: urlSpellings,
  id: { header: 'i-twilio-idempotency-token' },
}
/** @see https://www.plivo.com/docs/voice/concepts/signature-validation */
export const plivoV1: MessageScheme = {
  kind: 'message',
  vendor: 'Plivo',
  algorithm: 'hmac-sha1',
  signature: { header: 'x-plivo-signature' },
  encoding: 'base64',
  signed: signedBy(url, form),
}
/** The body is not covered. @see https://www.plivo.com/docs/voice/concepts/signature-validation */
export const plivoV2: MessageScheme = {
  ...plivoV1,
  algorithm: 'hmac-sha256',
  signature: { header: 'x-plivo-signature-v2' },
  signed: signedBy(bareUrl, { header: 'x-plivo-signature-v2-nonce' }),
}
/** @see https://www.plivo.com/docs/voice/concepts/signature-validation */
export const plivoV3: MessageScheme = {
  ...plivoV2,
  signature: { header: 'x-plivo-signature-v3', separator: ',' },
  signed: signedBy(sortedUrl, '.', { header: 'x-plivo-signature-v3-nonce' }),
}
