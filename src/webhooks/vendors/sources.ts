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
import type { WebhookSource } from '../source.ts'

// Vendors for a receiver: the scheme, where the event's name and the delivery's id are, and the handshakes.

export const github: WebhookSource = {
  scheme: schemes.github,
  event: [{ header: 'x-github-event' }, { field: 'action' }],
}
export const gitlab: WebhookSource = { scheme: schemes.gitlab, event: [{ header: 'x-gitlab-event' }] }
export const stripe: WebhookSource = { scheme: schemes.stripe, event: [{ field: 'type' }], id: { field: 'id' } }
export const standardWebhooks: WebhookSource = { scheme: schemes.standardWebhooks, event: [{ field: 'type' }] }
export const svix: WebhookSource = { scheme: schemes.svix, event: [{ field: 'type' }] }
export const shopify: WebhookSource = { scheme: schemes.shopify, event: [{ header: 'x-shopify-topic' }] }
export const slack: WebhookSource = {
  scheme: schemes.slack,
  event: [{ field: 'event.type' }],
  id: { field: 'event_id' },
  handshakes: [slackChallenge],
}
export const zoom: WebhookSource = { scheme: schemes.zoom, event: [{ field: 'event' }], handshakes: [zoomValidation] }
export const discord: WebhookSource = {
  scheme: schemes.discord,
  event: [{ field: 'event.type' }],
  id: { field: 'id' },
  handshakes: [discordPing],
}
/** `values.verifyToken` is the token set in the app's dashboard. */
export const meta: WebhookSource = {
  scheme: schemes.meta,
  event: [{ field: 'object' }],
  handshakes: [metaSubscription],
}
/** Xero's intent to receive needs no handshake: 200 to a true signature, 401 to a false one. */
export const xero: WebhookSource = { scheme: schemes.xero, event: [] }
export const okta: WebhookSource = {
  scheme: schemes.okta,
  event: [{ field: 'data.events.0.eventType' }],
  id: { field: 'eventId' },
  handshakes: [oktaVerification],
}
export const dropbox: WebhookSource = { scheme: schemes.dropbox, event: [], handshakes: [dropboxChallenge] }
export const x: WebhookSource = { scheme: schemes.x, event: [], handshakes: [xCrc] }
export const microsoftGraph: WebhookSource = {
  scheme: schemes.microsoftGraph,
  event: [{ field: 'value.0.changeType' }],
  handshakes: [graphValidation],
}
/** Add `snsConfirmation` to `handshakes`, and look at `TopicArn`: SNS signs for every AWS account. */
export const sns: WebhookSource = { scheme: schemes.sns, event: [{ field: 'Type' }] }
export const paddle: WebhookSource = {
  scheme: schemes.paddle,
  event: [{ field: 'event_type' }],
  id: { field: 'event_id' },
}
export const paypal: WebhookSource = { scheme: schemes.paypal, event: [{ field: 'event_type' }] }
export const square: WebhookSource = { scheme: schemes.square, event: [{ field: 'type' }], id: { field: 'event_id' } }
export const linear: WebhookSource = { scheme: schemes.linear, event: [{ field: 'type' }, { field: 'action' }] }
export const intercom: WebhookSource = { scheme: schemes.intercom, event: [{ field: 'topic' }], id: { field: 'id' } }
export const twilio: WebhookSource = { scheme: schemes.twilio, event: [] }
export const zendesk: WebhookSource = { scheme: schemes.zendesk, event: [{ field: 'type' }] }
