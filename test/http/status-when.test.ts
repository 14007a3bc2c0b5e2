import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { statusWhen } from 'hawser'

const read = statusWhen({
  field: 'result.ok',
  is: false,
  code: 'result.error',
  statuses: { gone: 404, slow_down: 429 },
  otherwise: 422,
})
const answered = (body: unknown, status = 200): number | undefined =>
  read({ status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) })

it('reads the status of a code, and one for all other codes', () => {
  expect(answered({ result: { ok: false, error: 'gone' } })).toBe(404)
  expect(answered({ result: { ok: false, error: 'slow_down' } }, 202)).toBe(429)
  expect(answered({ result: { ok: false, error: 'odd' } })).toBe(422)
  expect(answered({ result: { ok: false, error: { gone: true } } })).toBe(422)
  expect(answered({ result: { ok: false, error: 'toString' } })).toBe(422)
})

it('leaves alone what is no such failure', () => {
  expect(answered({ result: { ok: true, error: 'gone' } })).toBeUndefined()
  expect(answered({ result: { error: 'gone' } })).toBeUndefined()
  expect(answered({ text: 'result.ok is false, "error": "gone"' })).toBeUndefined()
  expect(answered({ result: { ok: false, error: 'gone' } }, 500)).toBeUndefined()
  expect(answered('{"result": {"ok": false, "error": ')).toBeUndefined()
  expect(answered('null')).toBeUndefined()
})

it('does not look into a stream', () => {
  const body = Readable.from(['{"result":{"ok":false,"error":"gone"}}'])
  expect(read({ status: 200, headers: {}, body })).toBeUndefined()
  expect(body.readableFlowing).toBeNull()
})

it('means 400 where nothing else is said, as `otherwise`', () => {
  const plain = statusWhen({ field: 'ok', is: false, code: 'error', statuses: {} })
  expect(plain({ status: 200, headers: {}, body: Buffer.from('{"ok":false,"error":"x"}') })).toBe(400)
})

it('takes a field that is there for a failure, where it is not said what it holds', () => {
  const errors = statusWhen({ field: 'errors.0', code: 'errors.0.extensions.code', statuses: { THROTTLED: 429 } })
  const of = (body: unknown): number | undefined =>
    errors({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) })
  expect(of({ errors: [{ extensions: { code: 'THROTTLED' } }], data: {} })).toBe(429)
  expect(of({ errors: [{ message: 'syntax error' }] })).toBe(400)
  expect(of({ errors: [] })).toBeUndefined()
  expect(of({ data: { of: { errors: [{ extensions: { code: 'THROTTLED' } }] } } })).toBeUndefined()
})
