import type { Send } from '../../http/policy.ts'
import { isSuccess } from '../../http/response.ts'
import { fieldAt } from '../../json-value.ts'
import { equal, signatureOf } from '../digest.ts'
import { fieldText, headerOf, queryValue } from '../request.ts'
import { answer, jsonAnswer, type Handshake } from '../source.ts'

/** Echoes `challenge`. @see https://docs.slack.dev/reference/events/url_verification/ */
export const slackChallenge: Handshake = {
  signed: true,
  answer({ reading }) {
    if (fieldText(reading.root(), 'type') !== 'url_verification') return undefined
    return jsonAnswer({ challenge: fieldText(reading.root(), 'challenge') })
  },
}

/** Proves knowledge of the secret token. @see https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint */
export const zoomValidation: Handshake = {
  signed: true,
  answer({ reading, keys: [first] }) {
    if (fieldText(reading.root(), 'event') !== 'endpoint.url_validation' || !first) return undefined
    const plainToken = fieldText(reading.root(), 'payload.plainToken') ?? ''
    return jsonAnswer({ plainToken, encryptedToken: signatureOf('hmac-sha256', 'hex', first.key, [plainToken]) })
  },
}

/** Answers PING of interactions (type 1, which is an event beside `event`) and of webhook events (type 0). @see https://discord.com/developers/docs/events/webhook-events#setting-up-an-endpoint */
export const discordPing: Handshake = {
  signed: true,
  answer({ reading }) {
    const type = fieldText(reading.root(), 'type')
    if (type === '0') return answer(204)
    return type === '1' && fieldAt(reading.root(), 'event') === undefined ? jsonAnswer({ type: 1 }) : undefined
  },
}

/** Echoes `hub.challenge` where the verify token is `values.verifyToken`. @see https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests */
export const metaSubscription: Handshake = {
  signed: false,
  answer({ reading, values: { verifyToken = '' } }) {
    if (reading.method !== 'GET' || queryValue(reading, 'hub.mode') !== 'subscribe') return undefined
    const given = Buffer.from(queryValue(reading, 'hub.verify_token') ?? '')
    if (verifyToken === '' || !equal(given, Buffer.from(verifyToken))) return answer(403)
    return answer(200, queryValue(reading, 'hub.challenge'))
  },
}

/** Echoes the challenge header. @see https://developer.okta.com/docs/concepts/event-hooks/#one-time-verification-request */
export const oktaVerification: Handshake = {
  signed: false,
  answer({ reading }) {
    const verification = headerOf(reading, 'x-okta-verification-challenge')
    return reading.method === 'GET' && verification !== undefined ? jsonAnswer({ verification }) : undefined
  },
}

/** Echoes `?challenge=`. @see https://www.dropbox.com/developers/reference/webhooks#documentation */
export const dropboxChallenge: Handshake = {
  signed: false,
  answer({ reading }) {
    const challenge = reading.method === 'GET' ? queryValue(reading, 'challenge') : undefined
    return challenge === undefined ? undefined : answer(200, challenge)
  },
}

// What is signed here is signed with the key of webhooks: a token that could be a body, in JSON or as a form, would be a forged one's
// signature. X sends base64.
const crcToken = /^[\w+/.-]{1,254}={0,2}$/

/** Signs `?crc_token=`. @see https://docs.x.com/x-api/webhooks/quickstart#2-handling-the-challenge-response-check-crc */
export const xCrc: Handshake = {
  signed: false,
  answer({ reading, keys: [first] }) {
    const token = reading.method === 'GET' ? queryValue(reading, 'crc_token') : undefined
    if (token === undefined || !first) return undefined
    if (!crcToken.test(token)) return answer(400)
    return jsonAnswer({ response_token: `sha256=${signatureOf('hmac-sha256', 'base64', first.key, [token])}` })
  },
}

/** Echoes `?validationToken=`. @see https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks#notificationurl-validation */
export const graphValidation: Handshake = {
  signed: false,
  answer({ reading }) {
    const token = queryValue(reading, 'validationToken')
    return token === undefined ? undefined : answer(200, token)
  },
}

const subscribeUrl = /^https:\/\/sns\.[a-z\d-]+\.amazonaws\.com(?:\.cn)?\/\?Action=ConfirmSubscription&/

/**
 * Confirms subscriptions of the given topics. Anyone with an AWS account can have SNS sign a confirmation for a topic of
 * theirs, so the topics must be named.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-confirmation-format.html
 */
export function snsConfirmation({
  send,
  topics,
}: {
  readonly send: Send
  readonly topics: readonly string[]
}): Handshake {
  return {
    signed: true,
    async answer({ reading }) {
      const root = reading.root()
      if (fieldText(root, 'Type') !== 'SubscriptionConfirmation') return undefined
      const url = fieldText(root, 'SubscribeURL') ?? ''
      if (!topics.includes(fieldText(root, 'TopicArn') ?? '') || !subscribeUrl.test(url)) return answer(403)
      const operation = 'GET SNS subscription confirmation'
      const response = await send({ method: 'GET', url, headers: {}, operation, idempotent: true })
      return answer(isSuccess(response.status) ? 200 : 503)
    },
  }
}
