import { expect, it } from 'vitest'
import { ConfigurationError, basic, type Credential } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request } from '../support/stub.ts'

const { runtime } = fakeClock()

const sentBy = async (credential: Credential): Promise<string> => {
  const { headers } = await credential.apply(request(), runtime)
  const [, encoded = ''] = /^Basic (.+)$/.exec(headers['authorization'] ?? '') ?? []
  return Buffer.from(encoded, 'base64').toString()
}

// The examples of the RFC. @see https://www.rfc-editor.org/rfc/rfc7617#section-2
it('encodes user and password as RFC 7617 shows', async () => {
  expect((await basic('Aladdin', 'open sesame').apply(request(), runtime)).headers).toEqual({
    authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  })
  expect((await basic('test', '123£').apply(request(), runtime)).headers).toEqual({
    authorization: 'Basic dGVzdDoxMjPCow==',
  })
})

// @see https://www.rfc-editor.org/rfc/rfc6749#appendix-B, whose example is the first
it('writes user and password as a form would where RFC 6749 is asked for', async () => {
  expect(await sentBy(basic(' %&+£€', 'a b', { encoding: 'rfc6749' }))).toBe('+%25%26%2B%C2%A3%E2%82%AC:a+b')
  expect(await sentBy(basic('my-client.id:a', 'b_d~', { encoding: 'rfc6749' }))).toBe('my-client.id%3Aa:b_d%7E')
  expect(await sentBy(basic('my-client.id', 'a:b_d~'))).toBe('my-client.id:a:b_d~')
})

it('names the password in every spelling as a secret', async () => {
  const { secrets } = await basic('user', 'p&ss word', { encoding: 'rfc6749' }).apply(request(), runtime)
  expect(secrets).toEqual(['p&ss word', 'p%26ss+word', Buffer.from('user:p%26ss+word').toString('base64')])
})

it('fetches a password that is a function for every attempt, and again after a 401', async () => {
  let present = 'one'
  const credential = basic('user', async () => present)
  const refused = await credential.apply(request(), runtime)
  expect(await sentBy(credential)).toBe('user:one')
  expect(await credential.renew?.(refused, runtime)).toBe(false)
  present = 'two'
  expect(await credential.renew?.(refused, runtime)).toBe(true)
  expect(await sentBy(credential)).toBe('user:two')
})

it('refuses a colon in the user, what is no text, and an encoding that is none', async () => {
  expect(() => basic('a:b', 'c')).toThrow(ConfigurationError)
  expect(() => basic('a', undefined as never)).toThrow(ConfigurationError)
  expect(() => basic(undefined as never, 'c')).toThrow(ConfigurationError)
  expect(() => basic('a', 'c', { encoding: 'form' as never })).toThrow("`basic.encoding` is `'raw'` or `'rfc6749'`.")
  expect(() => basic('a', 'c', { encoding: 'toString' as never })).toThrow(ConfigurationError)
  await expect(async () => basic('a', () => 1 as never).apply(request(), runtime)).rejects.toThrow(ConfigurationError)
})
