import { expect, it } from 'vitest'
import { ConfigurationError, InvalidRequestError, anonymous, apiKey, bearer } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request } from '../support/stub.ts'

const { runtime } = fakeClock()

it('puts a bearer token into Authorization', async () => {
  expect((await bearer('abc').apply(request(), runtime)).headers).toEqual({ authorization: 'Bearer abc' })
})

it('puts an API key into a header, with a scheme of the vendor’s own, or into the query', async () => {
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

it('adds an API key to the body, and names it as a secret', async () => {
  const headers = { 'content-type': 'application/json' }
  const made = await apiKey({ body: 'api_key', key: 'k"1' }).apply(
    request({ method: 'POST', headers, body: '{"a":1}' }),
    runtime,
  )
  expect(made).toMatchObject({ body: '{"a":1,"api_key":"k\\"1"}', headers, secrets: ['k"1'] })
  await expect(async () => apiKey({ body: 'api_key', key: 'k' }).apply(request(), runtime)).rejects.toThrow(
    InvalidRequestError,
  )
})

it('refuses an empty secret, one with white space, and one that is missing, without repeating it', () => {
  for (const secret of ['', 'canary\n', 'can ary', undefined as never]) {
    expect(() => bearer(secret)).toThrow(ConfigurationError)
    expect(() => bearer(secret)).toThrow(/^(?!.*canary)/)
  }
  expect(() => apiKey({ key: 'k' })).toThrow('either `header` or `query` or `body`')
  expect(() => apiKey({ key: 'k', header: 'a', query: 'b' })).toThrow('either `header` or `query` or `body`')
  expect(() => apiKey({ key: 'k', query: 'b', prefix: 'Token ' })).toThrow('`prefix` with a header')
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

it.each([{ header: 'x-key' }, { query: 'key' }, { body: 'key' }])(
  'tells whether the key in %o is still the one that was refused',
  async (place) => {
    let present = 'one'
    const credential = apiKey({ ...place, key: () => present })
    const headers = { 'content-type': 'application/json' }
    const refused = await credential.apply(request({ method: 'POST', headers, body: '{}' }), runtime)
    expect(await credential.renew?.(refused, runtime)).toBe(false)
    present = 'two'
    expect(await credential.renew?.(refused, runtime)).toBe(true)
    present = ''
    await expect(credential.renew?.(refused, runtime)).rejects.toThrow(ConfigurationError)
  },
)

it('leaves a request alone where nobody asks', async () => {
  const asked = request()
  expect(await anonymous().apply(asked, runtime)).toBe(asked)
})
