import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { sentField, type RequestBody } from 'hawser'

const json = 'application/json'
const form = 'application/x-www-form-urlencoded;charset=utf-8'
const sent = (type: string, body: RequestBody | undefined, name = 'channel'): string | undefined =>
  sentField(
    {
      method: 'POST',
      url: 'https://v.example/',
      headers: { 'content-type': type },
      operation: '/',
      idempotent: false,
      body,
    },
    name,
  )

it('reads a field of JSON and of a form, in text and in bytes', () => {
  expect(sent(json, '{"text":"x","channel":"C1"}')).toBe('C1')
  expect(sent(json, Buffer.from('{"channel": 7}'))).toBe('7')
  expect(sent(form, 'text=a%26channel%3Db&channel=C+2')).toBe('C 2')
  expect(sent(form, Buffer.from('channel=C3'))).toBe('C3')
  expect(sent(json, '{"issue":{"id":"I4"}}', 'issue.id')).toBe('I4')
})

it('takes no field of another place for it, and nothing that is no name', () => {
  expect(sent(json, '{"blocks":[{"channel":"C1"}],"text":"\\"channel\\":\\"C2\\""}')).toBeUndefined()
  expect(sent(json, '{"channel":{"id":"C1"}}')).toBeUndefined()
  expect(sent(json, '{"channel":')).toBeUndefined()
  expect(sent(form, 'channels=C1')).toBeUndefined()
})

it('does not look into streams, files and what is not there', () => {
  const stream = Readable.from(['{"channel":"C1"}'])
  expect(sent(json, stream)).toBeUndefined()
  expect(stream.readableFlowing).toBeNull()
  expect(sent('text/plain', '{"channel":"C1"}')).toBeUndefined()
  expect(sent(json, undefined)).toBeUndefined()
})
