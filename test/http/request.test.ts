import { expect, it } from 'vitest'
import { isWrite } from 'hawser'
import { isIdempotentMethod, type HttpRequest } from '../../src/http/request.ts'

const request = (method: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method,
  url: 'https://v.example/',
  headers: {},
  operation: `${method} /`,
  idempotent: isIdempotentMethod(method),
  ...more,
})

it('tells what may change something by the method', () => {
  const writes = (...methods: string[]): boolean[] => methods.map((method) => isWrite(request(method)))
  expect(writes('POST', 'PUT', 'PATCH', 'DELETE')).toEqual([true, true, true, true])
  expect(writes('GET', 'HEAD', 'OPTIONS', 'TRACE')).toEqual([false, false, false, false])
})

it('takes a POST that may be repeated without a key for a read, and no other method', () => {
  expect(isWrite(request('POST', { idempotent: true }))).toBe(false)
  expect(isWrite(request('POST', { idempotent: true, idempotencyKey: 'k' }))).toBe(true)
  expect(isWrite(request('PATCH', { idempotent: true }))).toBe(true)
})
