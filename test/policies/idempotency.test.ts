import { expect, it } from 'vitest'
import { InvalidRequestError, NetworkError, idempotency, stack } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'

const keyed = idempotency({ header: 'Idempotency-Key' })
const post = { method: 'POST', idempotent: false }

it('gives each write a key of its own and calls it safe to repeat', async () => {
  const { send, sent } = script(response())
  const write = stack([keyed], send, fakeClock().runtime)
  await write(request(post))
  await write(request(post))
  expect(sent[0]?.headers['idempotency-key']).not.toBe(sent[1]?.headers['idempotency-key'])
  expect(sent.every(({ idempotent }) => idempotent)).toBe(true)
})

it('sends the caller’s key as it is and leaves other methods alone', async () => {
  const { send, sent } = script(response())
  const write = stack([keyed], send, fakeClock().runtime)
  await write(request({ ...post, idempotencyKey: 'order-17' }))
  await write(request())
  expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['order-17', undefined])
})

it('refuses a key that cannot stand in a header', async () => {
  const { send, sent } = script(response())
  const write = stack([keyed], send, fakeClock().runtime)
  for (const idempotencyKey of ['', 'a b', 'a\nb', 'ü', 'x'.repeat(256)]) {
    await expect(write(request({ ...post, idempotencyKey }))).rejects.toThrow(InvalidRequestError)
  }
  expect(sent).toEqual([])
})

it('names the key on the error, so that the same write can be sent again later', async () => {
  const write = stack(
    [keyed],
    script(new NetworkError('gone', { phase: 'headers', reason: 'ECONNRESET' })).send,
    fakeClock().runtime,
  )
  await expect(write(request({ ...post, idempotencyKey: 'order-17' }))).rejects.toMatchObject({
    idempotencyKey: 'order-17',
  })
})
