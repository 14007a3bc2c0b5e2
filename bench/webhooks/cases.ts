import { createHmac, generateKeyPairSync, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto'
import { verify as verifyGithub } from '@octokit/webhooks-methods'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { schemes, sign, verifier, verify } from 'hawser/webhooks'
import * as hand from './by-hand.ts'

/** A way to verify a webhook. */
export interface Case {
  readonly name: string
  readonly run: () => unknown
  /** The row that does the same by hand. */
  readonly byHand?: string
}

const secret = 'a-shared-secret-of-some-length'
const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

/** The HTTP headers that come along with a real delivery. */
const wire = {
  host: 'hooks.example',
  'user-agent': 'Vendor-Hookshot/044aadd',
  accept: '*/*',
  'content-type': 'application/json',
  'content-length': '1024',
  'accept-encoding': 'gzip',
  'x-request-id': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  'x-vendor-event': 'issues',
}

function bodyOf(bytes: number): Buffer {
  return Buffer.from(JSON.stringify({ id: 'evt_1', type: 'created', text: 'x'.repeat(bytes - 42) }))
}

/** What all others are compared with. */
export const raw = 'raw: `createHmac` + `timingSafeEqual`'
const rawLong = 'raw, id and time before the body'
const hands = { github: 'GitHub by hand', stripe: 'Stripe by hand', standard: 'Standard Webhooks by hand' }

export function symmetric(bytes: number): readonly Case[] {
  const body = bodyOf(bytes)
  const text = body.toString()
  const github = { ...sign(schemes.github, { headers: wire, body }, { secrets: [secret] }) }
  const stripe = sign(schemes.stripe, { headers: wire, body }, { secrets: [secret] })
  const standard = sign(schemes.standardWebhooks, { headers: wire, body }, { secrets: [whsec] })
  const svix = sign(schemes.svix, { headers: wire, body }, { secrets: [whsec] })
  const expected = github.headers['x-hub-signature-256'] ?? ''
  const stripeHeader = stripe.headers['stripe-signature'] ?? ''
  const standardText = standard.headers['webhook-signature'] ?? ''
  const standardKey = Buffer.from(whsec.slice(6), 'base64')
  const standardHead = `${standard.headers['webhook-id']}.${standard.headers['webhook-timestamp']}.`
  const readyGithub = verifier(schemes.github, { secrets: [secret] })
  const readyStripe = verifier(schemes.stripe, { secrets: [secret] })
  const readyStandard = verifier(schemes.standardWebhooks, { secrets: [whsec] })
  const readySvix = verifier(schemes.svix, { secrets: [whsec] })
  const standardPeer = new StandardWebhook(whsec)
  const svixPeer = new SvixWebhook(whsec)
  const stripePeer = new Stripe('sk_test_x')
  const rawMac = (): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const rawLongMac = (): string =>
    `v1,${createHmac('sha256', standardKey).update(standardHead).update(body).digest('base64')}`
  const { github: byGithub, stripe: byStripe, standard: byStandard } = hands
  return [
    { name: raw, run: () => timingSafeEqual(Buffer.from(expected), Buffer.from(rawMac())) },
    { name: rawLong, run: () => timingSafeEqual(Buffer.from(standardText), Buffer.from(rawLongMac())) },
    { name: byGithub, run: () => hand.github(github, secret) },
    { name: 'hawser `verifier(github)`', run: () => readyGithub(github), byHand: byGithub },
    {
      name: 'hawser `verify(github)`',
      run: () => verify(schemes.github, github, { secrets: [secret] }),
      byHand: byGithub,
    },
    { name: '@octokit/webhooks-methods', run: () => verifyGithub(secret, text, expected), byHand: byGithub },
    { name: byStripe, run: () => hand.stripe(stripe, secret) },
    { name: 'hawser `verifier(stripe)`', run: () => readyStripe(stripe), byHand: byStripe },
    {
      name: 'hawser `verify(stripe)`',
      run: () => verify(schemes.stripe, stripe, { secrets: [secret] }),
      byHand: byStripe,
    },
    {
      name: 'stripe `verifyHeader`',
      run: () => stripePeer.webhooks.signature?.verifyHeader(text, stripeHeader, secret, 3600),
      byHand: byStripe,
    },
    {
      name: 'stripe `constructEvent`, which parses',
      run: () => stripePeer.webhooks.constructEvent(text, stripeHeader, secret, 3600),
      byHand: byStripe,
    },
    { name: byStandard, run: () => hand.standardWebhooks(standard, whsec) },
    { name: 'hawser `verifier(standardWebhooks)`', run: () => readyStandard(standard), byHand: byStandard },
    {
      name: 'hawser `verify(standardWebhooks)`',
      run: () => verify(schemes.standardWebhooks, standard, { secrets: [whsec] }),
      byHand: byStandard,
    },
    {
      name: 'standardwebhooks, which parses',
      run: () => standardPeer.verify(text, { ...standard.headers }),
      byHand: byStandard,
    },
    { name: 'hawser `verifier(svix)`', run: () => readySvix(svix), byHand: byStandard },
    { name: 'hawser `verify(svix)`', run: () => verify(schemes.svix, svix, { secrets: [whsec] }), byHand: byStandard },
    { name: 'svix, which parses', run: () => svixPeer.verify(text, { ...svix.headers }), byHand: byStandard },
  ]
}

export function asymmetric(bytes: number): readonly Case[] {
  const body = bodyOf(bytes)
  const [ed, ec] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-256' })]
  const discord = sign(schemes.discord, { headers: wire, body }, { secrets: [ed.privateKey] })
  const sendgrid = sign(schemes.sendgrid, { headers: wire, body }, { secrets: [ec.privateKey] })
  const content = Buffer.concat([Buffer.from('1700000000'), body])
  const [edSignature, ecSignature] = [
    signBytes(null, content, ed.privateKey),
    signBytes('sha256', content, ec.privateKey),
  ]
  const readyDiscord = verifier(schemes.discord, { secrets: [ed.publicKey] })
  const readySendgrid = verifier(schemes.sendgrid, { secrets: [ec.publicKey] })
  const ours = ['raw Ed25519', 'raw ECDSA P-256'] as const
  return [
    { name: ours[0], run: () => verifyBytes(null, content, ed.publicKey, edSignature) },
    { name: 'hawser `verifier(discord)`', run: () => readyDiscord(discord), byHand: ours[0] },
    { name: ours[1], run: () => verifyBytes('sha256', content, ec.publicKey, ecSignature) },
    { name: 'hawser `verifier(sendgrid)`', run: () => readySendgrid(sendgrid), byHand: ours[1] },
  ]
}
