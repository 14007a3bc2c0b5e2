import { createHmac, generateKeyPairSync, sign as signBytes, timingSafeEqual, verify as verifyBytes } from 'node:crypto'
import { verify as verifyGithub } from '@octokit/webhooks-methods'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as SvixWebhook } from 'svix'
import { schemes, sign, verifier, verify } from 'hawser/webhooks'
import { writeSection } from '../report.ts'
import * as hand from './by-hand.ts'

// Microseconds of CPU for one verification, the median of interleaved rounds: other work on the machine moves all columns.

interface Case {
  readonly name: string
  readonly run: () => unknown
  /** The row that does the same by hand. */
  readonly byHand?: string
}

const rounds = 61
const secret = 'a-shared-secret-of-some-length'
const whsec = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

async function measure(cases: readonly Case[], iterations: number): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(cases.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds + 4; round++) {
    // Another order in each round, and no garbage of one case's collected in another's time.
    const order = cases.map((one) => ({ one, at: Math.random() })).toSorted((a, b) => a.at - b.at)
    for (const { one } of order) {
      globalThis.gc?.({ type: 'minor' })
      const before = process.cpuUsage()
      for (let n = 0; n < iterations; n++) {
        const result = one.run()
        if (result instanceof Promise) await result
      }
      const { user, system } = process.cpuUsage(before)
      // The first rounds warm up.
      if (round >= 4) samples.get(one.name)?.push((user + system) / iterations)
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

const raw = 'raw: `createHmac` + `timingSafeEqual`'
const rawLong = 'raw, id and time before the body'
const hands = { github: 'GitHub by hand', stripe: 'Stripe by hand', standard: 'Standard Webhooks by hand' }

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
  const ours = ['raw Ed25519', 'raw ECDSA P-256'] as const
  return [
    { name: ours[0], run: () => verifyBytes(null, content, ed.publicKey, edSignature) },
    { name: 'hawser `verifier(discord)`', run: () => readyDiscord(discord), byHand: ours[0] },
    { name: ours[1], run: () => verifyBytes('sha256', content, ec.publicKey, ecSignature) },
    { name: 'hawser `verifier(sendgrid)`', run: () => readySendgrid(sendgrid), byHand: ours[1] },
  ]
}

const ratio = (us: number, base: number | undefined): string => `${(us / (base ?? NaN)).toFixed(2)} ×`

function table(title: string, cases: readonly Case[], results: Map<string, number>): string[] {
  const base = results.get(raw)
  const columns = base === undefined ? ['to raw'] : ['to raw', 'to the same by hand']
  const rows = cases.map(({ name, byHand }) => {
    const us = results.get(name) ?? NaN
    const toHand = byHand === undefined ? '' : ratio(us, results.get(byHand))
    return `| ${[name, us.toFixed(2), ...(base === undefined ? [] : [ratio(us, base)]), toHand].join(' | ')} |`
  })
  const head = ['verification', 'CPU µs', ...columns]
  return ['', `**${title}**`, '', `| ${head.join(' | ')} |`, `| --- |${' ---: |'.repeat(head.length - 1)}`, ...rows]
}

/** The dearest of hawser's rows in one way of use, beside what it may cost. */
function bar(way: 'verifier' | 'verify', size: string, most: string, results: Map<string, number>): string {
  const rows = [...results].filter(([name]) => name.startsWith(`hawser \`${way}(`))
  const [[name, us] = ['', NaN]] = rows.toSorted(([, a], [, b]) => b - a)
  return `| ${name}, the dearest at ${size}, to raw | ${ratio(us, results.get(raw))} | ${most} × |`
}

/** What `verify` does in each call and `verifier` does once, in parts of raw. */
function readying(scheme: string, results: Map<string, number>): string {
  const [each = NaN, once = NaN] = ['verify', 'verifier'].map((way) => results.get(`hawser \`${way}(${scheme})\``))
  return ((each - once) / (results.get(raw) ?? NaN)).toFixed(2)
}

export async function run(): Promise<void> {
  const [short, long, keys] = [symmetric(1024), symmetric(102_400), asymmetric(1024)]
  const [shortTimes, longTimes] = [await measure(short, 400), await measure(long, 12)]
  writeSection('webhooks', [
    '## Webhooks',
    '',
    `Medians of ${rounds} interleaved rounds. _Raw_ is the least that can be measured: the digest of the body under a key that is at hand, compared with a signature that is at hand. _By hand_ is the least that can be used: a few lines for one vendor that find the signature, put the scheme’s content together, compare in constant time and look at the time; they trust the headers to be single and in lower case, and say nothing of why. A secret is given as the vendor shows it. \`verifier\` makes secrets ready once, \`verify\` in each call. \`npm run bench -- webhooks\`.`,
    ...table('HMAC-SHA256, 1 KB', short, shortTimes),
    ...table('HMAC-SHA256, 100 KB', long, longTimes),
    ...table('Public keys, 1 KB', keys, await measure(keys, 40)),
    '',
    '| bar | measured | at most |',
    '| --- | ---: | ---: |',
    bar('verifier', '1 KB', '1.35', shortTimes),
    bar('verify', '1 KB', '1.35', shortTimes),
    bar('verifier', '100 KB', '1.10', longTimes),
    bar('verify', '100 KB', '1.10', longTimes),
    '',
    `What is dear in \`verify\` at 1 KB is making the secret ready in each call: ${readying('stripe', shortTimes)} of raw for Stripe’s, which is text, and ${readying('standardWebhooks', shortTimes)} for that of Standard Webhooks, whose base64 is checked and decoded. \`verify\` keeps nothing between calls, so an endpoint that counts its microseconds uses \`verifier\`, as \`receiver\` does.`,
  ])
}
