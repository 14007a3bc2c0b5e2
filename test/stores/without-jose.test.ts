import { expect, it, vi } from 'vitest'
import { memoryTokenStore } from 'hawser'
import { keyring, reseal, sealed } from 'hawser/stores'
import { failureOf } from '../support/loopback.ts'

vi.mock('jose', () => {
  throw new Error("Cannot find package 'jose'")
})

const ring = keyring({ primary: 'k1', keys: { k1: Buffer.alloc(32, 1) } })
const header = Buffer.from('{"kid":"k1","connection":"acme"}').toString('base64url')

it('says what to install where jose is missing, and writes nothing', async () => {
  const store = memoryTokenStore()
  const missing = { code: 'CONFIGURATION', message: expect.stringContaining('npm install jose') }
  expect(await failureOf(sealed(store, ring).compareAndSwap('acme', undefined, 'tokens'))).toMatchObject(missing)
  expect(await store.get('acme')).toBeUndefined()
  await store.compareAndSwap('acme', undefined, `${header}..${'i'.repeat(16)}.text.${'t'.repeat(22)}`)
  expect(await failureOf(sealed(store, ring).get('acme'))).toMatchObject(missing)
  expect(await failureOf(reseal(store, ring, ['acme']))).toMatchObject(missing)
})
