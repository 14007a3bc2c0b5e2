import { expect, it } from 'vitest'
import { mockVendor, defineSimulator } from 'hawser/testing'

/** What a simulator reads of a form. */
async function read(form: string): Promise<unknown> {
  using vendor = mockVendor(
    defineSimulator({
      profile: { name: 'forms', baseUrl: 'https://api.forms.example' },
      routes: { 'POST /': ({ input }) => ({ json: input }) },
    })(),
    { front: 'memory' },
  )
  const { transport } = vendor.options
  const { body } = await transport({
    method: 'POST',
    url: 'https://api.forms.example/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
    operation: 'POST /',
    idempotent: false,
  })
  return JSON.parse(Buffer.from(body instanceof Uint8Array ? body : []).toString())
}

it('reads nested names, lists by index and lists by brackets', async () => {
  expect(await read('a=1&b[c]=2&b[d][e]=3&items[0][price]=p&items[0][quantity]=2&items[1][price]=q')).toEqual({
    a: '1',
    b: { c: '2', d: { e: '3' } },
    items: [{ price: 'p', quantity: '2' }, { price: 'q' }],
  })
  expect(await read('expand[]=x&expand[]=y&ids%5B0%5D=z')).toEqual({ expand: ['x', 'y'], ids: ['z'] })
})

it('takes other numbers, and brackets that do not fit, for names', async () => {
  expect(await read('metadata[7]=x&a[b=1&[c]=2&d[e]f=3')).toEqual({
    metadata: { 7: 'x' },
    'a[b': '1',
    '[c]': '2',
    'd[e]f': '3',
  })
})

it('makes no prototype of a name', async () => {
  expect(await read('__proto__[admin]=yes&a[__proto__][admin]=yes')).toEqual(
    JSON.parse('{"__proto__":{"admin":"yes"},"a":{"__proto__":{"admin":"yes"}}}'),
  )
  expect(Reflect.get({}, 'admin')).toBeUndefined()
})
