import { createHmac, generateKeyPairSync, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto'
import { verify as verifyGithub } from '@octokit/webhooks-methods'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { schemes, sign, verifier, verify } from 'hawser/webhooks'
import { writeSection } from '../report.ts'

// Microseconds of CPU for one verification, the median of interleaved rounds: other work on the machine moves all columns.

type Case = readonly [name: string, run: () => unknown]

const rounds = 41
const secret = 'a-shared-secret-of-some-length'
const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

async function measure(cases: readonly Case[], iterations: number): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(cases.map(([name]) => [name, []]))
  for (let round = 0; round < rounds + 4; round++) {
    for (const [name, run] of cases) {
      const before = process.cpuUsage()
      for (let n = 0; n < iterations; n++) {
        const result = run()
        if (result instanceof Promise) await result
      }
      const { user, system } = process.cpuUsage(before)
      // The first rounds warm up.
      if (round >= 4) samples.get(name)?.push((user + system) / iterations)
    }
  }
  return new Map([...samples].map(([name, times]) => [name, times.toSorted((a, b) => a - b)[rounds >> 1] ?? NaN]))
}

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

function symmetric(bytes: number): readonly Case[] {
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
  const ready = verifier(schemes.github, { secrets: [secret] })
  const readyStandard = verifier(schemes.standardWebhooks, { secrets: [whsec] })
  const standardPeer = new StandardWebhook(whsec)
  const svixPeer = new SvixWebhook(whsec)
  const stripePeer = new Stripe('sk_test_x')
  return [
    [
      'raw createHmac + timingSafeEqual',
      () =>
        timingSafeEqual(
          Buffer.from(expected),
          Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`),
        ),
    ],
    ['hawser verifier(github)', () => ready(github)],
    ['hawser verify(github)', () => verify(schemes.github, github, { secrets: [secret] })],
    ['@octokit/webhooks-methods verify', () => verifyGithub(secret, text, expected)],
    [
      'raw, id and time before the body',
      () =>
        timingSafeEqual(
          Buffer.from(standardText),
          Buffer.from(`v1,${createHmac('sha256', standardKey).update(standardHead).update(body).digest('base64')}`),
        ),
    ],
    ['hawser verifier(standardWebhooks)', () => readyStandard(standard)],
    ['hawser verify(standardWebhooks)', () => verify(schemes.standardWebhooks, standard, { secrets: [whsec] })],
    ['standardwebhooks verify', () => standardPeer.verify(text, { ...standard.headers })],
    ['svix verify', () => svixPeer.verify(text, { ...svix.headers })],
    ['hawser verify(stripe)', () => verify(schemes.stripe, stripe, { secrets: [secret] })],
    ['stripe verifyHeader', () => stripePeer.webhooks.signature?.verifyHeader(text, stripeHeader, secret)],
    ['stripe constructEvent', () => stripePeer.webhooks.constructEvent(text, stripeHeader, secret)],
  ]
}

function asymmetric(bytes: number): readonly Case[] {
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
  return [
    ['raw node:crypto Ed25519', () => verifyBytes(null, content, ed.publicKey, edSignature)],
    ['hawser verifier(discord)', () => readyDiscord(discord)],
    ['raw node:crypto ECDSA P-256', () => verifyBytes('sha256', content, ec.publicKey, ecSignature)],
    ['hawser verifier(sendgrid)', () => readySendgrid(sendgrid)],
  ]
}

function table(title: string, results: Map<string, number>, base: (name: string) => string): string[] {
  const rows = [...results].map(
    ([name, us]) => `| ${name} | ${us.toFixed(2)} | ${(us / (results.get(base(name)) ?? NaN)).toFixed(2)} × |`,
  )
  return ['', `**${title}**`, '', '| verification | CPU µs | to raw |', '| --- | ---: | ---: |', ...rows]
}

const raw = 'raw createHmac + timingSafeEqual'
const rawOf = (name: string): string =>
  /discord|Ed25519/.test(name) ? 'raw node:crypto Ed25519' : 'raw node:crypto ECDSA P-256'

export async function run(): Promise<void> {
  writeSection('webhooks', [
    '## Webhooks',
    '',
    'Medians of 41 interleaved rounds. `npm run bench -- webhooks`.',
    ...table('HMAC-SHA256, 1 KB', await measure(symmetric(1024), 400), () => raw),
    ...table('HMAC-SHA256, 100 KB', await measure(symmetric(102_400), 12), () => raw),
    ...table('Public keys, 1 KB', await measure(asymmetric(1024), 40), rawOf),
  ])
}
