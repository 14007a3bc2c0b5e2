import { expect, it } from 'vitest'
import { redactHeaders, redactText, secretsRedactor, summarize } from '../../src/http/redact.ts'
import { request } from '../support/stub.ts'

it('shows harmless headers and hides every other value', () => {
  expect(redactHeaders({ accept: 'a', authorization: 'Bearer x', cookie: 'x', 'x-vendor-token': 'x' })).toEqual({
    accept: 'a',
    authorization: '[redacted]',
    cookie: '[redacted]',
    'x-vendor-token': '[redacted]',
  })
})

it('summarizes a request without user, path, query and body', () => {
  const summary = summarize(
    request({ url: 'https://user:canary@vendor.test/bot-canary/send?key=canary', body: 'canary' }),
  )
  expect(summary).toEqual({ method: 'GET', origin: 'https://vendor.test', operation: 'GET /things', headers: {} })
})

it('hides what looks like a credential in a message of the vendor', () => {
  expect(redactText('bad Bearer abcdef123456 at https://u:pw@vendor.test')).toBe(
    'bad Bearer [redacted] at https://[redacted]@vendor.test',
  )
  expect(redactText('token=abc123 is wrong, {"client_secret":"s3cr3t"}')).toBe(
    'token=[redacted] is wrong, {"client_secret":"[redacted]"}',
  )
  expect(redactText('got eyJhbGciOi.eyJzdWIiOi.c2ln')).toBe('got [redacted]')
  expect(redactText('Not Found')).toBe('Not Found')
  expect(redactText('x'.repeat(400))).toHaveLength(301)
})

it('blanks a secret in each spelling that a vendor may repeat', () => {
  const redact = secretsRedactor(['a+b/c="d e'])
  for (const spelling of [
    'a+b/c="d e',
    String.raw`a+b/c=\"d e`,
    String.raw`a+b\/c=\"d e`,
    'a%2Bb%2Fc%3D%22d%20e',
    'a%2bb%2fc%3d%22d%20e',
    'a%2Bb%2Fc%3D%22d+e',
    'a%2bb%2fc%3d%22d+e',
    'YStiL2M9ImQgZQ==',
  ])
    expect(redact(`<${spelling}>`)).toBe('<[redacted]>')
})
