import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import {
  handshakes,
  memoryReplayWindow,
  receiver,
  schemes,
  sign,
  sources,
  type Receiver,
  type ReceiverOptions,
  type ReplayWindow,
  type SignatureScheme,
  type WebhookSource,
} from '../../src/webhooks/index.ts'
import { nowMs, samples } from './samples.ts'

const secrets = ['shared']
const url = 'https://hooks.example/in'

function requestOf(scheme: SignatureScheme, body: string, headers: Record<string, string> = {}, to = url): Request {
  const signed = sign(
    scheme,
    { url: to, headers: { 'content-type': 'application/json', ...headers }, body },
    { secrets, now: nowMs },
  )
  return new Request(to, { method: 'POST', headers: signed.headers, body: Buffer.from(signed.body) })
}

function githubRequest(event: string, payload: object, id = 'delivery-1'): Request {
  return requestOf(schemes.github, JSON.stringify(payload), { 'x-github-event': event, 'x-github-delivery': id })
}

it('calls the listener of the event with a typed payload and a stable key', async () => {
  interface Events {
    readonly 'issues.opened': { readonly action: 'opened'; readonly issue: { readonly number: number } }
    readonly push: { readonly ref: string }
  }
  const source: WebhookSource<Events> = {
    scheme: schemes.github,
    event: [{ header: 'x-github-event' }, { field: 'action' }],
  }
  const heard: unknown[] = []
  const receive = receiver(source, { secrets })
    .on('issues.opened', ({ key, event, payload, keyIndex, covers }) =>
      heard.push([key, event, payload.issue.number, keyIndex, covers]),
    )
    .on('push', ({ payload }) => heard.push(payload.ref))
  expect((await receive(githubRequest('issues', { action: 'opened', issue: { number: 7 } }))).status).toBe(200)
  expect((await receive(githubRequest('push', { ref: 'refs/heads/main' }))).status).toBe(200)
  expect((await receive(githubRequest('issues', { action: 'closed' }))).status).toBe(200)
  expect(heard).toEqual([['delivery-1', 'issues.opened', 7, 0, ['body']], 'refs/heads/main'])
})

it('hears a group of events by its first name, and all by an asterisk', async () => {
  const heard: string[] = []
  const receive = receiver(sources.github, { secrets })
    .on('issues', ({ event }) => heard.push(`issues: ${event}`))
    .on('*', ({ event }) => heard.push(`all: ${event}`))
  await receive(githubRequest('issues', { action: 'opened' }))
  await receive(githubRequest('ping', { zen: 'x' }))
  expect(heard).toEqual(['all: issues.opened', 'issues: issues.opened', 'all: ping'])
})

it('answers 401 to a bad signature and does not call listeners', async () => {
  let calls = 0
  const receive = receiver(sources.github, { secrets }).on('*', () => calls++)
  const forged = githubRequest('push', { ref: 'a' })
  const response = await receive(new Request(url, { method: 'POST', headers: forged.headers, body: '{"ref":"b"}' }))
  expect([response.status, await response.text(), calls]).toEqual([401, 'signature-mismatch', 0])
  expect((await receive(new Request(url, { method: 'POST', body: '{}' }))).status).toBe(401)
  expect((await receive(new Request(url))).status).toBe(401)
})

it('answers 400 to a signed body that is no JSON though it says so', async () => {
  const receive = receiver(sources.github, { secrets })
  expect((await receive(requestOf(schemes.github, '{', { 'x-github-event': 'push' }))).status).toBe(400)
})

it('answers 500 where a listener fails, so that the vendor tries again, and frees the key', async () => {
  const errors: unknown[] = []
  let fail = true
  const options: ReceiverOptions = {
    secrets,
    replayWindow: memoryReplayWindow(),
    onError: (error) => errors.push(error),
  }
  const receive = receiver(sources.github, options).on('push', () => {
    if (fail) throw new Error('not now')
  })
  expect((await receive(githubRequest('push', {}))).status).toBe(500)
  fail = false
  expect((await receive(githubRequest('push', {}))).status).toBe(200)
  expect(errors).toMatchObject([{ message: 'not now' }])
})

it('handles a delivery once, and does not acknowledge a second one while the first is under way', async () => {
  let calls = 0
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const receive = receiver(sources.github, { secrets, replayWindow: memoryReplayWindow() }).on('push', async () => {
    calls++
    await gate
  })
  const first = receive(githubRequest('push', {}))
  await new Promise((resolve) => setImmediate(resolve))
  expect((await receive(githubRequest('push', {}))).status).toBe(503)
  release()
  expect((await first).status).toBe(200)
  expect((await receive(githubRequest('push', {}))).status).toBe(200)
  expect((await receive(githubRequest('push', {}, 'delivery-2'))).status).toBe(200)
  expect(calls).toBe(2)
})

it('answers 503 while the store is down', async () => {
  const down: ReplayWindow = {
    claim: () => Promise.reject(new Error('down')),
    settle: () => Promise.reject(new Error('down')),
  }
  const errors: unknown[] = []
  const receive = receiver(sources.github, { secrets, replayWindow: down, onError: (error) => errors.push(error) })
  expect((await receive(githubRequest('push', {}))).status).toBe(503)
  expect(errors).toHaveLength(1)
})

it('answers before the work is done where it may go on in the background', async () => {
  const handed: Promise<void>[] = []
  let done = false
  let release: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (release = resolve))
  const receive = receiver(sources.github, { secrets, background: (work) => handed.push(work) }).on(
    'push',
    async () => {
      await gate
      done = true
    },
  )
  expect((await receive(githubRequest('push', {}))).status).toBe(200)
  expect(done).toBe(false)
  release()
  await Promise.all(handed)
  expect(done).toBe(true)
})

it('takes the public URL as configured, never from forwarded headers', async () => {
  const body = 'From=%2B1'
  const known = 'https://public.example/sms'
  const { headers } = sign(schemes.twilio, { url: `${known}?a=1`, headers: {}, body }, { secrets })
  const inner = (): Request =>
    new Request('http://10.0.0.7:8080/sms?a=1', {
      method: 'POST',
      headers: { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'public.example' },
      body,
    })
  expect((await receiver(sources.twilio, { secrets })(inner())).status).toBe(401)
  expect((await receiver(sources.twilio, { secrets, publicUrl: known })(inner())).status).toBe(200)
  const mapped = (from: string): string => from.replace('http://10.0.0.7:8080', 'https://public.example')
  expect((await receiver(sources.twilio, { secrets, publicUrl: mapped })(inner())).status).toBe(200)
})

it('gives a form as its fields', async () => {
  const payloads: unknown[] = []
  const receive = receiver(sources.slack, { secrets, now: nowMs }).on('*', ({ payload }) => payloads.push(payload))
  await receive(
    requestOf(schemes.slack, 'command=%2Fgo&text=a+b', { 'content-type': 'application/x-www-form-urlencoded' }),
  )
  expect(payloads).toEqual([{ command: '/go', text: 'a b' }])
})

it('derives the key from the body where the vendor sends no id', async () => {
  const keys: string[] = []
  const receive = receiver(sources.xero, { secrets }).on('*', ({ key }) => keys.push(key))
  for (const body of ['{"events":[]}', '{"events":[]}', '{"events":[1]}']) await receive(requestOf(schemes.xero, body))
  expect(keys[0]).toMatch(/^sha256:[\da-f]{64}$/)
  expect(keys[0]).toBe(keys[1])
  expect(keys[2]).not.toBe(keys[0])
})

it('answers the challenge of Slack only if it is signed', async () => {
  const receive = receiver(sources.slack, { secrets, now: nowMs })
  const body = '{"type":"url_verification","challenge":"abc"}'
  const response = await receive(requestOf(schemes.slack, body))
  expect(await response.json()).toEqual({ challenge: 'abc' })
  expect((await receive(new Request(url, { method: 'POST', body }))).status).toBe(401)
})

it('answers the validation of Zoom with the HMAC of its token', async () => {
  const receive = receiver(sources.zoom, { secrets, now: nowMs })
  const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}'
  const encryptedToken = createHmac('sha256', 'shared').update('qgg8vlvZRS6UYooatFL8Aw').digest('hex')
  expect(await (await receive(requestOf(schemes.zoom, body))).json()).toEqual({
    plainToken: 'qgg8vlvZRS6UYooatFL8Aw',
    encryptedToken,
  })
})

it('answers the pings of Discord, and 401 to those that are signed wrongly on purpose', async () => {
  const sample = samples.find(({ name }) => name === 'discord')
  if (!sample) throw new Error('no sample')
  const receive = receiver(sources.discord, { secrets: [sample.verifying], now: nowMs })
  const send = async (body: string, key = sample.signing): Promise<Response> => {
    const { headers } = sign(schemes.discord, { headers: {}, body }, { secrets: [key], now: nowMs })
    return receive(new Request(url, { method: 'POST', headers, body }))
  }
  expect(await (await send('{"type":1}')).json()).toEqual({ type: 1 })
  expect((await send('{"type":0}')).status).toBe(204)
  expect((await send('{"type":1}', sample.otherSigning)).status).toBe(401)
  const heard: string[] = []
  receive.on('APPLICATION_AUTHORIZED', ({ event }) => heard.push(event))
  expect((await send('{"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}')).status).toBe(204)
  expect(heard).toEqual(['APPLICATION_AUTHORIZED'])
})

it('answers the subscription of Meta only to the right verify token', async () => {
  const receive = receiver(sources.meta, { secrets, values: { verifyToken: 'mine' } })
  const ask = (token: string): Promise<Response> =>
    receive(new Request(`${url}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`))
  expect(await (await ask('mine')).text()).toBe('1158201444')
  expect((await ask('yours')).status).toBe(403)
  expect(
    (
      await receiver(sources.meta, { secrets })(
        new Request(`${url}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=`),
      )
    ).status,
  ).toBe(403)
})

it('echoes the challenges of Okta, Dropbox and Microsoft Graph as plain text or JSON, never as a page', async () => {
  const okta = await receiver(sources.okta, { secrets })(
    new Request(url, { headers: { 'x-okta-verification-challenge': 'abc' } }),
  )
  expect(await okta.json()).toEqual({ verification: 'abc' })
  const dropbox = await receiver(sources.dropbox, { secrets })(new Request(`${url}?challenge=%3Cscript%3E`))
  expect([
    await dropbox.text(),
    dropbox.headers.get('content-type'),
    dropbox.headers.get('x-content-type-options'),
  ]).toEqual(['<script>', 'text/plain; charset=utf-8', 'nosniff'])
  const graph = await receiver(sources.microsoftGraph, { secrets })(
    new Request(`${url}?validationToken=a+b`, { method: 'POST' }),
  )
  expect(await graph.text()).toBe('a b')
})

it('answers the CRC of X with the HMAC of its token', async () => {
  const response = await receiver(sources.x, { secrets })(new Request(`${url}?crc_token=challenge`))
  const token = createHmac('sha256', 'shared').update('challenge').digest('base64')
  expect(await response.json()).toEqual({ response_token: `sha256=${token}` })
})

it('signs nothing for X that could be the body of a webhook', async () => {
  const receive = receiver(sources.x, { secrets })
  for (const token of ['{"for_user_id":"1"}', 'for_user_id=1', '[]', 'a b', '', 'a'.repeat(257)])
    expect((await receive(new Request(`${url}?crc_token=${encodeURIComponent(token)}`))).status).toBe(400)
})

it('hears each event of one payment of Adyen', async () => {
  const heard: unknown[] = []
  const replayWindow = memoryReplayWindow()
  const receive = receiver({ scheme: schemes.adyen, event: [] }, { secrets: ['00'.repeat(32)], replayWindow })
  receive.on('*', ({ payload }) => heard.push(payload))
  const send = async (eventCode: string): Promise<number> => {
    const item = { pspReference: 'p', eventCode, additionalData: {} }
    const body = JSON.stringify({ notificationItems: [{ NotificationRequestItem: item }] })
    const signed = sign(schemes.adyen, { headers: {}, body }, { secrets: ['00'.repeat(32)] })
    return (await receive(new Request(url, { method: 'POST', headers: {}, body: Buffer.from(signed.body) }))).status
  }
  for (const eventCode of ['AUTHORISATION', 'CHARGEBACK', 'CHARGEBACK']) expect(await send(eventCode)).toBe(200)
  expect(heard).toHaveLength(2)
})

it('passes the intent to receive of Xero: 200 to a true signature, 401 to a false one', async () => {
  const receive = receiver(sources.xero, { secrets })
  const body = '{"events":[],"firstEventSequence":0}'
  const response = await receive(requestOf(schemes.xero, body))
  expect([response.status, await response.text()]).toEqual([200, ''])
  expect((await receive(new Request(url, { method: 'POST', headers: { 'x-xero-signature': 'x' }, body }))).status).toBe(
    401,
  )
})

it('confirms a subscription of SNS only after the signature, the topic and the host are checked', async () => {
  const sample = samples.find(({ name }) => name === 'sns')
  if (!sample) throw new Error('no sample')
  const visited: string[] = []
  const topic = 'arn:aws:sns:eu-west-1:123456789012:topic'
  const source: WebhookSource = {
    ...sources.sns,
    handshakes: [
      handshakes.snsConfirmation({
        topics: [topic],
        send: async ({ url: to }) => {
          visited.push(to)
          return { status: 200, headers: {}, body: new Uint8Array() }
        },
      }),
    ],
  }
  const receive: Receiver = receiver(source, { secrets: [sample.verifying], now: nowMs })
  const good = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=t`
  const send = async (over: object, key = sample.signing): Promise<number> => {
    const message = {
      ...JSON.parse(sample.body),
      Type: 'SubscriptionConfirmation',
      Token: 't',
      SubscribeURL: good,
      ...over,
    }
    const { body } = sign(schemes.sns, { headers: {}, body: JSON.stringify(message) }, { secrets: [key], now: nowMs })
    return (await receive(new Request(url, { method: 'POST', body: Buffer.from(body) }))).status
  }
  expect(await send({}, sample.otherSigning)).toBe(401)
  expect(await send({ TopicArn: `${topic}2` })).toBe(403)
  for (const host of [
    'https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription&',
    'http://169.254.169.254/',
    good.replace('https', 'http'),
  ]) {
    expect(await send({ SubscribeURL: host })).toBe(403)
  }
  expect(visited).toEqual([])
  expect(await send({})).toBe(200)
  expect(visited).toEqual([good])
})

it('refuses to be made with an unknown option or without a usable secret', () => {
  expect(() => receiver(sources.github, { secrets, tolerance: 5 } as ReceiverOptions)).toThrow('no option `tolerance`')
  for (const bad of [[], [''], ['a', ''], Array.from({ length: 11 }, () => 'x')]) {
    expect(() => receiver(sources.github, { secrets: bad })).toThrow('takes 1 to 10 secrets')
  }
  expect(() => receiver(sources.svix, { secrets: ['whsec_!'] })).toThrow('takes 1 to 10 secrets')
})

it('forgets the oldest key of a window beyond its size, and every key after its time', async () => {
  let now = 0
  const runtime = {
    now: () => now,
    after: () => () => undefined,
    limit: () => () => undefined,
    sleep: async () => undefined,
    random: () => 0,
    uuid: () => '',
  }
  const window = memoryReplayWindow({ maxKeys: 2, keepMs: 1000, runtime })
  for (const key of ['a', 'b']) {
    expect(await window.claim(key)).toBe('new')
    await window.settle(key, true)
  }
  expect(await window.claim('a')).toBe('done')
  expect(await window.claim('c')).toBe('new')
  expect(await window.claim('a')).toBe('new')
  now = 1000
  expect(await window.claim('b')).toBe('new')
})
