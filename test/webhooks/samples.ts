import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { schemes, type SignatureScheme, type WebhookSecret } from '../../src/webhooks/index.ts'

/** A scheme with a request that suits it and its keys. */
export interface Sample {
  readonly name: string
  readonly scheme: SignatureScheme
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signing: WebhookSecret
  readonly verifying: WebhookSecret
  /** A second pair, for rotation and for wrong secrets. */
  readonly otherSigning: WebhookSecret
  readonly otherVerifying: WebhookSecret
  readonly values: Readonly<Record<string, string>>
}

export const nowMs: number = Date.UTC(2026, 10, 22, 12)

const pairs = {
  ed25519: [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')],
  ec: [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  rsa: [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('rsa', { modulusLength: 2048 })],
} as const

interface Keys {
  readonly signing: WebhookSecret
  readonly verifying: WebhookSecret
}

function keysFor(scheme: SignatureScheme, which: 0 | 1): Keys {
  const algorithm =
    scheme.kind === 'jwt'
      ? (scheme.algorithms[0] ?? '')
      : typeof scheme.algorithm === 'string'
        ? scheme.algorithm
        : 'rsa-sha256'
  const type = {
    ed25519: 'ed25519',
    'ecdsa-p256-sha256': 'ec',
    ES256: 'ec',
    RS256: 'rsa',
    'rsa-sha256': 'rsa',
  } as const
  const found = Object.entries(type).find(([name]) => name === algorithm)
  if (found) {
    const pair = pairs[found[1]][which]
    return { signing: pair.privateKey, verifying: publicForm(scheme, pair.publicKey) }
  }
  const bytes = Buffer.alloc(24, which === 0 ? 'old secret' : 'new secret')
  const { secret = 'text', secretPrefix = '' } = scheme.kind === 'jwt' ? {} : scheme
  const text =
    secret === 'text' ? `secret-${which}` : secret === 'hex' ? bytes.toString('hex') : bytes.toString('base64')
  const shown = secretPrefix + text
  return { signing: shown, verifying: shown }
}

/** The public key as the vendor's dashboard shows it. */
function publicForm(scheme: SignatureScheme, key: KeyObject): WebhookSecret {
  const der = key.export({ type: 'spki', format: 'der' })
  const raw = key.asymmetricKeyType === 'ed25519' ? der.subarray(-32) : der
  if (scheme.kind === 'message' && scheme.secret === 'hex') return raw.toString('hex')
  if (scheme.kind === 'message' && scheme.secret === 'base64')
    return (scheme.secretPrefix ?? '') + raw.toString('base64')
  return key.export({ type: 'spki', format: 'pem' }).toString()
}

const bodies: Readonly<Record<string, unknown>> = {
  adyen: {
    notificationItems: ['a', 'b'].map((pspReference) => ({
      NotificationRequestItem: {
        pspReference,
        merchantAccountCode: 'shop',
        amount: { value: 100, currency: 'EUR' },
        eventCode: 'CAPTURE',
        success: 'true',
        additionalData: {},
      },
    })),
  },
  mailgun: { signature: { token: 'a-token' }, 'event-data': { event: 'opened' } },
  dropboxSign: { event: { event_time: '1700000000', event_type: 'signature_request_sent' } },
  microsoftGraph: { value: [{ resource: 'a' }, { resource: 'b' }] },
  sns: {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:topic',
    Message: 'line one\nline two',
    SignatureVersion: '2',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem',
  },
}

const formBody = 'From=%2B14158675309&Digits=1234&Body=a+b%C3%A9'
const extraHeaders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plivoV2: { 'x-plivo-signature-v2-nonce': '12345' },
  plivoV3: { 'x-plivo-signature-v3-nonce': '12345' },
}

/** One sample for every scheme there is. */
export const samples: readonly Sample[] = Object.entries(schemes).map(([name, scheme]) => {
  const [old, other] = [keysFor(scheme, 0), keysFor(scheme, 1)]
  const form = ['twilio', 'plivoV1', 'plivoV3'].includes(name)
  return {
    name,
    scheme,
    method: 'POST',
    url: 'https://hooks.example/in/here?b=2&a=1',
    headers: { 'content-type': 'application/json', ...extraHeaders[name] },
    body: form ? formBody : JSON.stringify(bodies[name] ?? { event: 'created', id: 1, text: 'café' }),
    signing: old.signing,
    verifying: old.verifying,
    otherSigning: other.signing,
    otherVerifying: other.verifying,
    values: { webhookId: 'WH-1', audience: 'https://hooks.example' },
  }
})
