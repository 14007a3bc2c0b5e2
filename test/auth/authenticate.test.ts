import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  InvalidRequestError,
  anonymous,
  apiKey,
  authenticate,
  basic,
  bearer,
  retry,
  stack,
  type Credential,
} from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'

const origins = ['https://vendor.test']
const over = (
  credential: Credential,
  scripted: { send: Parameters<typeof stack>[1] },
  clock = fakeClock(),
): ReturnType<typeof stack> => stack([authenticate({ credential, origins })], scripted.send, clock.runtime)

it('S11: gives the credential to the vendor’s own origins only', async () => {
  const scripted = script(response())
  const send = over(bearer('secret'), scripted)
  for (const url of [
    'https://evil.test/',
    'https://vendor.test.evil.test/',
    'https://vendor.test@evil.test/',
    'http://vendor.test/',
    'https://vendor.test:444/',
  ]) {
    await expect(send(request({ url }))).rejects.toThrow(InvalidRequestError)
  }
  expect(scripted.sent).toEqual([])
})

it('sends nothing of itself where a redirect left the vendor', async () => {
  const scripted = script(response())
  await over(bearer('secret'), scripted)(request({ url: 'https://storage.test/', anonymous: true }))
  expect(scripted.sent[0]?.headers).toEqual({})
})

it('replays once after a 401 where the secret has changed meanwhile', async () => {
  const clock = fakeClock()
  const secrets = ['old', 'new', 'new']
  const scripted = script(response(401), response(200))
  const answer = await over(
    bearer(() => secrets.shift() ?? ''),
    scripted,
    clock,
  )(request({ method: 'POST', idempotent: false, body: 'x' }))
  expect(answer.status).toBe(200)
  expect(scripted.sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer old', 'Bearer new'])
  expect(clock.events).toMatchObject([{ type: 'renew', renewed: true }])
})

it('does not replay with the secret that was refused', async () => {
  const scripted = script(response(401))
  expect(
    (
      await over(
        bearer(() => 'same'),
        scripted,
      )(request())
    ).status,
  ).toBe(401)
  expect((await over(apiKey({ query: 'key', key: () => 'same' }), scripted)(request())).status).toBe(401)
  expect(scripted.sent).toHaveLength(2)
})

it('ends after one replay when the new credential is refused too', async () => {
  let count = 0
  const scripted = script(response(401))
  const send = stack(
    [retry(), authenticate({ credential: bearer(() => `secret-${++count}`), origins })],
    scripted.send,
    fakeClock().runtime,
  )
  expect((await send(request())).status).toBe(401)
  expect(scripted.sent).toHaveLength(2)
})

it('renews nothing after a 403', async () => {
  let renewals = 0
  const credential: Credential = { kind: 'test', apply: (asked) => asked, renew: async () => ++renewals > 0 }
  expect((await over(credential, script(response(403)))(request())).status).toBe(403)
  expect(renewals).toBe(0)
})

it('does not replay a body that was read once', async () => {
  const credential: Credential = { kind: 'test', apply: (asked) => asked, renew: async () => true }
  const scripted = script(response(401))
  await over(credential, scripted)(request({ method: 'PUT', body: Readable.from(['x']) }))
  expect(scripted.sent).toHaveLength(1)
})

it('lets a reader blank the credential in a failure, however the vendor repeats it', async () => {
  const secret = 'c4n4ry/s3cret+'
  const { redact = String } = await over(apiKey({ query: 'key', key: secret }), script(response(401)))(request())
  const repeated = [
    secret,
    encodeURIComponent(secret),
    secret.replaceAll('/', '\\/'),
    Buffer.from(secret).toString('base64'),
  ]
  for (const echo of repeated) expect(redact(`invalid key ${echo}, sorry`)).toBe('invalid key [redacted], sorry')
  expect(redact('no such repository: honojs')).toBe('no such repository: honojs')
  const basicAnswer = await over(basic('user', 'p4ssword'), script(response(403)))(request())
  expect(basicAnswer.redact?.('user:p4ssword')).toBe('user:[redacted]')
  expect((await over(anonymous(), script(response(404)))(request())).redact).toBeUndefined()
})

it('blanks what a credential added to headers also where it names no secrets', async () => {
  const own: Credential = {
    kind: 'own',
    apply: (asked) => ({ ...asked, headers: { ...asked.headers, 'x-key': 'Vendor c4n4ry-own' } }),
  }
  const { redact } = await over(own, script(response(401)))(request({ headers: { 'x-mine': 'plain words' } }))
  expect(redact?.('bad c4n4ry-own, plain words')).toBe('bad [redacted], plain words')
})

it('leaves the bytes of a success alone', async () => {
  const success = response(200, {}, 'canary-secret')
  expect(await over(bearer('canary-secret'), script(success))(request())).toBe(success)
})
