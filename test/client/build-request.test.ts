import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Connector, InvalidRequestError, anonymous, type VendorProfile } from 'hawser'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test/api' }
}
const { http } = new Vendor({ auth: anonymous() })

function addressOf(path: string, query: Record<string, string> = {}): string | undefined {
  try {
    return http.build('GET', path, { query }).url
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError)
    return undefined
  }
}

it('writes every address as URL parsing would, whether it had to be parsed or not', () => {
  const characters = Array.from('aZ09-._~%2e!$&\'()*+,;=:@/?# {}|^`"<>é[]')
  const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 })
  fc.assert(
    fc.property(text, text, (path, value) => {
      const url = addressOf(`/${path}`, { a: value })
      if (url !== undefined) expect(url).toBe(new URL(url).href)
    }),
    { numRuns: 2_000 },
  )
  expect(addressOf('/a%2Fb/c', { d: 'e f' })).toBe('https://vendor.test/api/a%2Fb/c?d=e%20f')
  expect(addressOf('/a?b=1', { c: '2' })).toBe('https://vendor.test/api/a?b=1&c=2')
})

it('refuses an address that only begins like one of the vendor’s', () => {
  for (const url of [
    'https://vendor.test.evil.example/',
    'https://vendor.test@evil.example/',
    'https://vendor.test:8443/',
    'http://vendor.test/',
  ]) {
    expect(addressOf(url), url).toBeUndefined()
  }
  expect(addressOf('https://vendor.test/other?x=1')).toBe('https://vendor.test/other?x=1')
})
