import { expect, it } from 'vitest'
import { ConfigurationError, checkPatterns, isOwn } from 'hawser'

const own = { origins: ['https://vendor.test'], hosts: [/^[a-z0-9-]+\.shops\.test$/] }

it('knows the vendor’s own addresses', () => {
  for (const url of [
    'https://vendor.test/',
    'https://vendor.test',
    'https://vendor.test/a?b',
    'https://acme.shops.test/x',
  ]) {
    expect(isOwn(own, url), url).toBe(true)
  }
})

it('takes no other address for one of them', () => {
  for (const url of [
    'https://vendor.test.evil.test/',
    'https://vendor.test@evil.test/',
    'https://vendor.test:444/',
    'https://vendor.test\\@evil.test/',
    'http://vendor.test/',
    'http://acme.shops.test/',
    'https://acme.shops.test:8443/',
    'https://acme.shops.test.evil.test/',
    'https://evil.test/acme.shops.test',
    'https://evil.test#.shops.test',
    'https://user@acme.shops.test/',
    'https://a.b.shops.test/',
    'https://shops.test/',
    'vendor.test',
    '',
  ]) {
    expect(isOwn(own, url), url).toBe(false)
  }
})

it('refuses a pattern that would match a part of a host', () => {
  for (const pattern of [/shops\.test$/, /^shops/, /^a$|^b/, /^a|b$/, /^a$/i, /^a$/m, /^a$/g]) {
    expect(() => checkPatterns('hosts', [pattern]), String(pattern)).toThrow(ConfigurationError)
  }
  expect(() => checkPatterns('hosts', [/^(?:a|b)\.test$/])).not.toThrow()
})
