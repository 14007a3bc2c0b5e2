import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createClockOffset, systemRuntime, type OAuthVendor } from 'hawser'
import type { ClientSecret } from 'hawser/oauth'
import { checkProof } from '../../src/oauth/callback-proof.ts'
import { serverOf } from '../../src/oauth/server.ts'

// Shopify's own, with the secret `hush`. @see https://hexdocs.pm/exshopify/Shopify.HMAC.html
const hmac = '4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20'
const unsigned = 'code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173'

const described: OAuthVendor = {
  tokenUrl: 'https://{shop}.myshopify.com/token',
  callbackHmac: 'hmac',
  callbackParameters: { shop: '{shop}.myshopify.com' },
  clientAuthentication: 'none',
}

interface Given {
  readonly oauth?: OAuthVendor
  readonly clientSecret?: ClientSecret
  readonly oldClientSecret?: string
  readonly shop?: string
}

async function check(query: string, { oauth = described, shop = 'some-shop', ...client }: Given = {}): Promise<void> {
  const server = serverOf({
    profile: { name: 'vendor', oauth, tenant: { shop: /^[a-z-]+$/ } },
    tenant: { shop },
    clientId: 'client',
    clientSecret: 'hush',
    ...client,
  })
  return checkProof(new URLSearchParams(query), { server, runtime: systemRuntime(), clock: createClockOffset() })
}

const signed = (text: string): string => `${text}&hmac=${createHmac('sha256', 'hush').update(text).digest('hex')}`

it('takes what the vendor signed, in whatever order it comes', async () => {
  await check(`${unsigned}&hmac=${hmac}`)
  await check(`hmac=${hmac}&${unsigned.split('&').toReversed().join('&')}`)
  await check(`${unsigned}&hmac=${hmac}`, { clientSecret: async () => 'hush' })
  // As the vendor's own SDK writes what has to be escaped.
  await check(signed('host=YWRtaW4%3D&shop=some-shop.myshopify.com&state=a+b%2Fc%26d%C3%A9%7E*'))
})

it.each([
  ['a forged parameter', `${unsigned.replace('0907', '0908')}&hmac=${hmac}`],
  ['one more parameter', `${unsigned}&state=x&hmac=${hmac}`],
  ['one parameter fewer', `${unsigned.replace(/&timestamp=\d+/, '')}&hmac=${hmac}`],
  ['no signature', unsigned],
  ['an empty signature', `${unsigned}&hmac=`],
  ['half a signature', `${unsigned}&hmac=${hmac.slice(0, 32)}`],
  ['two signatures', `${unsigned}&hmac=${hmac}&hmac=${hmac}`],
  ['two shops', `${unsigned}&shop=evil.myshopify.com&hmac=${hmac}`],
  ['two shops, signed', signed(`shop=some-shop.myshopify.com&shop=some-shop.myshopify.com`)],
  ['a signature in capitals', `${unsigned}&hmac=${hmac.toUpperCase()}`],
  ['a signature that is not hexadecimal', `${unsigned}&hmac=${'z'.repeat(64)}`],
  ['a signature in base64', `${unsigned}&hmac=${encodeURIComponent(Buffer.from(hmac, 'hex').toString('base64'))}`],
  ['a signature by another secret', signed(unsigned), { clientSecret: 'hush-hush' }],
  ['another shop, signed', `${unsigned}&hmac=${hmac}`, { shop: 'another-shop' }],
  ['no shop, signed', signed('code=1')],
])('refuses %s', async (_, query, given: Given = {}) => {
  await expect(check(query, given)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

it('takes what is signed with either secret while one replaces the other, and never with an empty one', async () => {
  const changing = { clientSecret: 'new', oldClientSecret: 'hush' }
  await check(`${unsigned}&hmac=${hmac}`, changing)
  await check(`${unsigned}&hmac=${hmac}`, { clientSecret: 'hush', oldClientSecret: 'older' })
  const empty = `${unsigned}&hmac=${createHmac('sha256', '').update(unsigned).digest('hex')}`
  await expect(check(empty, { ...changing, oldClientSecret: '' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

it('checks what is described, and no more', async () => {
  const { callbackHmac: _, ...named } = described
  await check('shop=some-shop.myshopify.com', { oauth: named })
  for (const query of ['shop=x', 'shop=some-shop.myshopify.com&shop=x'])
    await expect(check(query, { oauth: named })).rejects.toThrow('`shop`')
  await check('', { oauth: { tokenUrl: 'https://vendor.example/token', clientAuthentication: 'none' } })
})

it('shows neither the signature nor the secret in what it says', async () => {
  const failure: unknown = await check(`${unsigned}&hmac=${'0'.repeat(64)}`).catch((error: unknown) => error)
  const text = `${String(failure)} ${JSON.stringify(failure)}`
  for (const secret of ['hush', hmac, '0907a61c', '0'.repeat(64)]) expect(text).not.toContain(secret)
})

it.each(['', async () => ''])('takes no empty secret for one', async (clientSecret) => {
  const query = `${unsigned}&hmac=${createHmac('sha256', '').update(unsigned).digest('hex')}`
  await expect(check(query, { clientSecret })).rejects.toMatchObject({ code: 'CONFIGURATION' })
})
