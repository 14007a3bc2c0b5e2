import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { RedirectError, redirect, stack, type RedirectOptions } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'

const to = (location: string, status = 302): ReturnType<typeof response> => response(status, { location })
const headers = {
  'x-vendor-token': 'secret',
  authorization: 'Bearer secret',
  accept: 'a',
  'content-type': 'text/plain',
  'content-encoding': 'gzip',
}
const follow = (script: { send: Parameters<typeof stack>[1] }, options?: RedirectOptions): ReturnType<typeof stack> =>
  stack([redirect(options)], script.send, fakeClock().runtime)

it('follows within the origin, relative addresses too, with everything the request had', async () => {
  const scripted = script(to('/moved'), to('https://vendor.test/again', 301), response(200))
  expect((await follow(scripted)(request({ headers }))).status).toBe(200)
  expect(scripted.sent.map(({ url }) => url)).toEqual([
    'https://vendor.test/things',
    'https://vendor.test/moved',
    'https://vendor.test/again',
  ])
  expect(scripted.sent[2]?.headers).toEqual(headers)
})

it('does not carry a vendor’s own token header to another origin', async () => {
  const scripted = script(to('https://evil.test/steal'))
  await expect(follow(scripted)(request({ headers }))).rejects.toThrow(RedirectError)
  expect(scripted.sent).toHaveLength(1)
})

it('goes elsewhere without any credential where the profile allows it, and stays without it', async () => {
  const scripted = script(to('https://storage.test/signed'), to('https://vendor.test/back'), response(200))
  await follow(scripted, { origins: ['https://vendor.test'], elsewhere: 'anonymous' })(request({ headers }))
  expect(scripted.sent.slice(1)).toMatchObject([
    { url: 'https://storage.test/signed', headers: { accept: 'a' }, anonymous: true },
    { url: 'https://vendor.test/back', headers: { accept: 'a' }, anonymous: true },
  ])
  expect(scripted.sent[1]?.headers).toEqual({ accept: 'a' })
})

it('takes the credential along to the vendor’s other origins', async () => {
  const scripted = script(to('https://uploads.vendor.test/x'), response(200))
  await follow(scripted, { origins: ['https://uploads.vendor.test'] })(request({ headers }))
  expect(scripted.sent[1]?.headers).toEqual(headers)
})

it('goes nowhere else for a word that it does not know', async () => {
  const misspelt: object = { elsewhere: 'Refuse' }
  await expect(follow(script(to('https://cdn.test/')), misspelt)(request())).rejects.toThrow(RedirectError)
})

it('never goes from https to http, nor to what is no web address', async () => {
  for (const location of ['http://vendor.test/plain', 'file:///etc/passwd', 'javascript:alert(1)']) {
    const scripted = script(to(location), response(200))
    await expect(follow(scripted, { elsewhere: 'anonymous' })(request())).rejects.toThrow(RedirectError)
    expect(scripted.sent).toHaveLength(1)
  }
})

it('drops a user name and password that a redirect names', async () => {
  const scripted = script(to('https://user:secret@vendor.test/x'), response(200))
  await follow(scripted)(request())
  expect(scripted.sent[1]?.url).toBe('https://vendor.test/x')
})

it('ends after a number of hops', async () => {
  const scripted = script(to('/again'))
  await expect(follow(scripted, { maxHops: 3 })(request())).rejects.toThrow('more than 3 times')
  expect(scripted.sent).toHaveLength(4)
  const fraction = script(to('/again'))
  await expect(follow(fraction, { maxHops: 1.5 })(request())).rejects.toThrow(RedirectError)
})

it('repeats a write at its new address for 307 and 308 only, and reads the answer to it for 303', async () => {
  const post = request({ method: 'POST', body: 'x', headers })
  const moved = script(to('/new', 308), response(201))
  await follow(moved)(post)
  expect(moved.sent[1]).toMatchObject({ method: 'POST', body: 'x', url: 'https://vendor.test/new' })
  const seeOther = script(to('/result', 303), response(200))
  await follow(seeOther)(post)
  expect(seeOther.sent[1]).toMatchObject({ method: 'GET', body: undefined })
  expect(Object.keys(seeOther.sent[1]?.headers ?? {}).filter((name) => name.startsWith('content-'))).toEqual([])
  expect((await follow(script(to('/new', 302)))(post)).status).toBe(302)
  expect((await follow(script(to('/new', 307)))({ ...post, body: Readable.from(['x']) })).status).toBe(307)
})

it('returns a redirect that names no address', async () =>
  expect((await follow(script(response(302)))(request())).status).toBe(302))
