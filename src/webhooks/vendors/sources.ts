import {
  discordPing,
  dropboxChallenge,
  graphValidation,
  metaSubscription,
  oktaVerification,
  slackChallenge,
  xCrc,
  zoomValidation,
} from './handshakes.ts'
import * as schemes from '../schemes/index.ts'
import type { VendorWebhooks } from '../source.ts'

// Vendors for a receiver: the scheme, where the event's name and the delivery's id are, and the handshakes. Without types of
// events, so that each stands for a `WebhookSource` of any: `receiver<StripeEvents>(sources.stripe, …)`.

export const github: VendorWebhooks = {
  scheme: schemes.github,
  event: [{ header: 'x-github-event' }, { field: 'action' }],
}
export const gitlab: VendorWebhooks = { scheme: schemes.gitlab, event: [{ header: 'x-gitlab-event' }] }
export const stripe: VendorWebhooks = { scheme: schemes.stripe, event: [{ field: 'type' }], id: { field: 'id' } }
export const standardWebhooks: VendorWebhooks = { scheme: schemes.standardWebhooks, event: [{ field: 'type' }] }
export const svix: VendorWebhooks = { scheme: schemes.svix, event: [{ field: 'type' }] }
export const shopify: VendorWebhooks = { scheme: schemes.shopify, event: [{ header: 'x-shopify-topic' }] }
export const slack: VendorWebhooks = {
  scheme: schemes.slack,
  event: [{ field: 'event.type' }],
  id: { field: 'event_id' },
  handshakes: [slackChallenge],
}
export const zoom: VendorWebhooks = { scheme: schemes.zoom, event: [{ field: 'event' }], handshakes: [zoomValidation] }
export const discord: VendorWebhooks = {
  scheme: schemes.discord,
  event: [{ field: 'event.type' }],
  id: { field: 'id' },
  handledStatus: 204,
  handshakes: [discordPing],
}
/** `values.verifyToken` is the token set in the app's dashboard. */
export const meta: VendorWebhooks = {
  scheme: schemes.meta,
  event: [{ field: 'object' }],
  handshakes: [metaSubscription],
}
/** Xero's intent to receive needs no handshake: 200 to a true signature, 401 to a false one. */
export const xero: VendorWebhooks = { scheme: schemes.xero, event: [] }
export const okta: VendorWebhooks = {
  scheme: schemes.okta,
  event: [{ field: 'data.events.0.eventType' }],
  id: { field: 'eventId' },
  handshakes: [oktaVerification],
}
export const dropbox: VendorWebhooks = { scheme: schemes.dropbox, event: [], handshakes: [dropboxChallenge] }
export const x: VendorWebhooks = { scheme: schemes.x, event: [], handshakes: [xCrc] }
export const microsoftGraph: VendorWebhooks = {
  scheme: schemes.microsoftGraph,
  event: [{ field: 'value.0.changeType' }],
  handshakes: [graphValidation],
}
/** Add `snsConfirmation` to `handshakes`, and look at `TopicArn`: SNS signs for every AWS account. */
export const sns: VendorWebhooks = { scheme: schemes.sns, event: [{ field: 'Type' }] }
export const paddle: VendorWebhooks = {
  scheme: schemes.paddle,
  event: [{ field: 'event_type' }],
  id: { field: 'event_id' },
}
export const paypal: VendorWebhooks = { scheme: schemes.paypal, event: [{ field: 'event_type' }] }
export const square: VendorWebhooks = { scheme: schemes.square, event: [{ field: 'type' }], id: { field: 'event_id' } }
export const linear: VendorWebhooks = { scheme: schemes.linear, event: [{ field: 'type' }, { field: 'action' }] }
export const intercom: VendorWebhooks = { scheme: schemes.intercom, event: [{ field: 'topic' }], id: { field: 'id' } }
export const twilio: VendorWebhooks = { scheme: schemes.twilio, event: [] }
export const zendesk: VendorWebhooks = { scheme: schemes.zendesk, event: [{ field: 'type' }] }
