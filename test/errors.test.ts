import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import {
  AbortedError,
  HawserError,
  HttpError,
  NetworkError,
  RateLimitedError,
  TimeoutError,
  isHawserError,
} from 'hawser'

it('is an instance of its own class, of those it extends, and of no other', () => {
  const error = new RateLimitedError('slow down', { status: 429 })
  expect(error).toBeInstanceOf(RateLimitedError)
  expect(error).toBeInstanceOf(HttpError)
  expect(error).toBeInstanceOf(HawserError)
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(NetworkError)
  expect(new HttpError('no', { status: 500 })).not.toBeInstanceOf(RateLimitedError)
  expect(new Error('other')).not.toBeInstanceOf(HawserError)
})

it('is recognised when another copy of the package threw it', () => {
  const brand = Symbol.for('hawser.error')
  class HttpErrorOfAnotherCopy extends Error {
    override get name(): string {
      return 'HttpError'
    }
    constructor() {
      super('no')
      Object.defineProperty(this, brand, { value: true })
    }
  }
  const error: unknown = new HttpErrorOfAnotherCopy()
  expect(error).toBeInstanceOf(HttpError)
  expect(error).not.toBeInstanceOf(TimeoutError)
})

it('compares a subclass without a name of its own as JavaScript does', () => {
  class Mine extends HttpError {}
  expect(new Mine('no', { status: 500 })).toBeInstanceOf(Mine)
  expect(new HttpError('no', { status: 500 })).not.toBeInstanceOf(Mine)
})

it('narrows by its literal code', () => {
  const error: unknown = new NetworkError('gone', { phase: 'connect', reason: 'ECONNREFUSED' })
  if (!isHawserError(error)) throw new Error('not narrowed')
  expect(error.code === 'NETWORK' && error.phase).toBe('connect')
})

it('adds what is not known yet and keeps what is', () => {
  const error = new HttpError('no', { status: 503, attempts: 3 })
  error.add({ attempts: 1, vendor: 'github', retryAfterMs: undefined })
  expect(error.attempts).toBe(3)
  expect(error.vendor).toBe('github')
  expect(Object.keys(error)).not.toContain('retryAfterMs')
})

it('keeps the body out of everything that prints an error', () => {
  const error = new HttpError('no', { status: 400 }, { echoed: 'canary-body' })
  expect(error.body).toEqual({ echoed: 'canary-body' })
  const printed = [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), String(error)].join()
  expect(printed).not.toContain('canary-body')
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({
    name: 'HttpError',
    code: 'HTTP_STATUS',
    message: 'no',
    status: 400,
  })
})

it('carries the name that every platform gives to an abort', () => {
  expect(new AbortedError('stopped').name).toBe('AbortError')
})
