import { expect, it } from 'vitest'
import {
  ConfigurationError,
  Connector,
  anonymous,
  baseUrlOf,
  fillTenant,
  type HttpRequest,
  type VendorProfile,
} from 'hawser'
import { response } from '../support/stub.ts'

const patterns = { shop: /^[a-z0-9][a-z0-9-]*$/ }
const template = 'https://{shop}.shops.test/api'

class Shop extends Connector {
  static override readonly profile: VendorProfile = { name: 'shop', baseUrl: template, tenant: patterns }
}

it('fills an address with what a customer may be', () => {
  expect(fillTenant(template, patterns, { shop: 'acme-2' })).toBe('https://acme-2.shops.test/api')
  expect(fillTenant('https://plain.test')).toBe('https://plain.test')
})

it('S10: lets no name lead to another host', () => {
  for (const shop of [
    'evil.test/',
    'evil.test#',
    'a@evil.test',
    'evil.test?',
    'a.b',
    'acme\n',
    '',
    '..',
    'acme\u0000',
    'ACME',
    '[::1]',
  ]) {
    expect(() => fillTenant(template, patterns, { shop }), shop).toThrow(ConfigurationError)
  }
})

it('names what is missing, unknown or not declared, and repeats no value', () => {
  expect(() => fillTenant(template, patterns)).toThrow('`tenant` needs `shop`')
  expect(() => fillTenant(template, patterns, { shop: 'a', store: 'b' })).toThrow('no name `store` here. Names: shop')
  expect(() => fillTenant(template, {}, {})).toThrow('no pattern for `shop`')
  expect(() => fillTenant(template, patterns, { shop: 'Canary' })).toThrow(/^(?!.*Canary)/)
  expect(() => fillTenant(template, { shop: /[a-z]+/ }, { shop: 'a' })).toThrow('anchored')
})

it('gives a connector the address of its customer', async () => {
  const sent: HttpRequest[] = []
  const transport = async (request: HttpRequest): Promise<ReturnType<typeof response>> => {
    sent.push(request)
    return response(200, {}, '{}')
  }
  const shop = new Shop({ auth: anonymous(), tenant: { shop: 'acme' }, transport })
  await shop.http.get('/things')
  expect(sent[0]?.url).toBe('https://acme.shops.test/api/things')
  expect(() => new Shop({ auth: anonymous(), transport })).toThrow('`tenant` needs `shop`')
})

it('puts the version into an address that names it, and sends it in no header', async () => {
  const profile = { name: 'shop', baseUrl: 'https://{shop}.test/{version}', tenant: patterns, version: { value: 'v7' } }
  expect(baseUrlOf(profile, { shop: 'acme' })).toBe('https://acme.test/v7')
  expect(baseUrlOf({ baseUrl: 'https://plain.test' })).toBe('https://plain.test')
  expect(() => baseUrlOf({ baseUrl: 'https://plain.test/{version}' })).toThrow('no pattern for `version`')
  class Versioned extends Connector {
    static override readonly profile: VendorProfile = profile
  }
  const seen: HttpRequest[] = []
  const client = new Versioned({
    auth: anonymous(),
    tenant: { shop: 'acme' },
    transport: async (request) => {
      seen.push(request)
      return response(200, {})
    },
  })
  await client.http.get('/things')
  expect(client.describe().version).toBe('v7')
  expect(seen.map(({ url, headers }) => [url, Object.values(headers).includes('v7')])).toEqual([
    ['https://acme.test/v7/things', false],
  ])
})
