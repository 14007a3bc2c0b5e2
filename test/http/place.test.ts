import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigurationError, InvalidRequestError, checkPlace, placed, type HttpRequest, type Place } from 'hawser'
import { request } from '../support/stub.ts'

const json = { 'content-type': 'application/json; charset=utf-8' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (headers: Record<string, string>, body: HttpRequest['body']): HttpRequest =>
  request({ method: 'POST', headers, body })

it('puts a value into a header, behind its prefix', () => {
  expect(placed(request(), { header: 'x-key', prefix: 'v1=' }, 'k').headers).toEqual({ 'x-key': 'v1=k' })
  expect(() => placed(request(), { header: 'x-key' }, 'canary\r\nx: y')).toThrow(
    /^(?!.*canary).*`x-key` holds a line break/,
  )
})

it('adds a value to the query and leaves the spelling of all else alone', () => {
  const url = "https://vendor.test/a?q=%7e+'x&key=old&z"
  expect(placed(request({ url }), { query: 'key' }, 'a b&').url).toBe('https://vendor.test/a?q=%7e+%27x&z&key=a%20b%26')
  expect(placed(request(), { query: 'key' }, 'k').url).toBe('https://vendor.test/things?key=k')
})

it('adds a field to a JSON object and leaves its text alone', () => {
  const put = (text: string | Uint8Array): HttpRequest['body'] => placed(post(json, text), { body: 'k' }, 'v"').body
  expect(put('{"n":12345678901234567890, "m": 1.0}')).toBe('{"n":12345678901234567890, "m": 1.0,"k":"v\\""}')
  expect(put('{ }\n')).toBe('{"k":"v\\""}')
  expect(put(Buffer.from('{"é":"é"} '))).toBe('{"é":"é","k":"v\\""}')
  expect(placed(post({ 'content-type': 'application/vnd.api+json' }, '{}'), { body: 'k' }, 'v').body).toBe('{"k":"v"}')
})

it('adds a field to a form and leaves its text alone', () => {
  expect(placed(post(form, 'a=1+2'), { body: 'k&' }, 'a b').body).toBe('a=1+2&k%26=a+b')
  expect(placed(post(form, ''), { body: 'k' }, 'v').body).toBe('k=v')
})

it('reads back what it put into any object', () => {
  const property = fc.property(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.string({ minLength: 1 }),
    fc.string(),
    (object, name, value) => {
      fc.pre(!Object.hasOwn(object, name))
      const text = JSON.stringify(object)
      const { body } = placed(post(json, text), { body: name }, value)
      const expected = Object.fromEntries([...Object.entries(JSON.parse(text)), [name, value]])
      expect(JSON.parse(String(body))).toEqual(expected)
    },
  )
  fc.assert(property)
})

it('refuses a body that has no room for a field', () => {
  const wrong: [Record<string, string>, HttpRequest['body']][] = [
    [{}, undefined],
    [json, undefined],
    [{}, '{}'],
    [{ 'content-type': 'text/plain' }, '{}'],
    [{ 'content-type': 'application/jsonl' }, '{}'],
    [json, '[]'],
    [json, '"text"'],
    [json, '{"a":'],
    [json, Buffer.from('{"a":"\xff"}', 'latin1')],
    [json, Readable.from(['{}'])],
    [json, () => Readable.from(['{}'])],
  ]
  for (const [headers, body] of wrong) {
    expect(() => placed(post(headers, body), { body: 'k' }, 'canary')).toThrow(InvalidRequestError)
    expect(() => placed(post(headers, body), { body: 'k' }, 'canary')).toThrow(/neither a form nor a JSON object/)
  }
})

it('refuses a body that has the field already', () => {
  for (const [headers, body] of [
    [json, '{"k":1}'],
    [form, 'k='],
  ] as const) {
    expect(() => placed(post(headers, body), { body: 'k' }, 'v')).toThrow('writes `k` into the body; leave it out')
  }
})

it('takes exactly one place, and a header that can be one', () => {
  expect(checkPlace('`x`', { header: 'X-Key', prefix: 'a ' })).toEqual({ header: 'x-key', prefix: 'a ' })
  expect(checkPlace('`x`', { query: 'key' })).toEqual({ query: 'key' })
  expect(checkPlace('`x`', { body: 'key' })).toEqual({ body: 'key' })
  const wrong: unknown[] = [undefined, 'x-key', {}, { header: 'a', body: 'b' }, { header: '' }, { query: 1 }]
  for (const at of [...wrong, { query: 'a', prefix: 'b' }, { header: 'a', prefix: 1 }, { header: 'a', suffix: 'b' }]) {
    expect(() => checkPlace('`x`', at as Place)).toThrow(ConfigurationError)
  }
  for (const header of ['a b', 'host', 'content-length']) {
    expect(() => checkPlace('`x`', { header })).toThrow(InvalidRequestError)
  }
})
