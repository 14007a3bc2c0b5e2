import { expect, it } from 'vitest'
import { ConfigurationError, anonymous, apiKey, basic, bearer } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request } from '../support/stub.ts'

const { runtime } = fakeClock()

it('puts a bearer token into Authorization', async () => {
  expect((await bearer('abc').apply(request(), runtime)).headers).toEqual({ authorization: 'Bearer abc' })
})

// The examples of the RFC. @see https://www.rfc-editor.org/rfc/rfc7617#section-2
it('encodes user and password as RFC 7617 shows', async () => {
  expect((await basic('Aladdin', 'open sesame').apply(request(), runtime)).headers).toEqual({
    authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  })
  expect((await basic('test', '123£').apply(request(), runtime)).headers).toEqual({
    authorization: 'Basic dGVzdDoxMjPCow==',
  })
})

it('puts an API key into a header, with a prefix, or into the query', async () => {
  expect((await apiKey({ header: 'X-Api-Key', key: 'k' }).apply(request(), runtime)).headers).toEqual({
    'x-api-key': 'k',
  })
  expect(
    (await apiKey({ header: 'Authorization', prefix: 'Token ', key: 'k' }).apply(request(), runtime)).headers,
  ).toEqual({
    authorization: 'Token k',
  })
  expect(
    (await apiKey({ query: 'key', key: 'k&k' }).apply(request({ url: 'https://vendor.test/a?b=c' }), runtime)).url,
  ).toBe('https://vendor.test/a?b=c&key=k%26k')
})

it('refuses an empty secret, one with white space, and one that is missing, without repeating it', () => {
  for (const secret of ['', 'canary\n', 'can ary', undefined as never]) {
    expect(() => bearer(secret)).toThrow(ConfigurationError)
    expect(() => bearer(secret)).toThrow(/^(?!.*canary)/)
  }
  expect(() => basic('a:b', 'c')).toThrow(ConfigurationError)
  expect(() => apiKey({ key: 'k' })).toThrow('either `header` or `query`')
  expect(() => apiKey({ key: 'k', header: 'a', query: 'b' })).toThrow('either `header` or `query`')
})

it('fetches a secret that is a function for every attempt, and checks what it gets', async () => {
  let present = 'one'
  const credential = bearer(() => present)
  expect((await credential.apply(request(), runtime)).headers['authorization']).toBe('Bearer one')
  present = 'two'
  expect((await credential.apply(request(), runtime)).headers['authorization']).toBe('Bearer two')
  present = ''
  await expect(async () => credential.apply(request(), runtime)).rejects.toThrow(ConfigurationError)
})

it('leaves a request alone where nobody asks', async () => {
  const asked = request()
  expect(await anonymous().apply(asked, runtime)).toBe(asked)
})
