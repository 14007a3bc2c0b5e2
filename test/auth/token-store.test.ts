import { expect, it } from 'vitest'
import { memoryTokenStore } from 'hawser'
import { tokenStoreConformance } from 'hawser/testing'

for (const { name, run } of tokenStoreConformance(() => memoryTokenStore())) it(`in memory: ${name}`, run)

it('keeps no more keys than it may, and forgets the one that was used least recently', async () => {
  const store = memoryTokenStore({ maxKeys: 3 })
  const versions = new Set<unknown>()
  for (const key of ['a', 'b', 'c']) versions.add(await store.compareAndSwap(key, undefined, key))
  await store.get('a')
  versions.add(await store.compareAndSwap('d', undefined, 'd'))
  expect(await store.get('b')).toBeUndefined()
  for (const key of ['a', 'c', 'd']) expect((await store.get(key))?.value).toBe(key)
  // What was forgotten comes back under a version of its own.
  const again = await store.compareAndSwap('b', undefined, 'b')
  expect([...versions]).not.toContainEqual(again)
  expect(await store.get('a')).toBeUndefined()
})

it.each([{ maxKeys: 0 }, { maxKeys: Number.NaN }, { maxkeys: 5 }])('refuses %j', (options) => {
  expect(() => memoryTokenStore(options)).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
})
