// Tokens on the disk, sealed; their key changed while they are in use; and a store tried by the suite that all stores pass.
// node --import tsx examples/token-stores/main.ts
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TokenStoreError, type TokenStore } from 'hawser'
import { fileTokenStore, keyring, reseal, sealed } from 'hawser/stores'
import { tokenStoreConformance } from 'hawser/testing'

const directory = await mkdtemp(join(tmpdir(), 'hawser-tokens-'))
const files = fileTokenStore({ directory })
const [k2029, k2030] = [randomBytes(32), randomBytes(32)]

async function save(store: TokenStore, connection: string, tokens: object): Promise<void> {
  const present = await store.get(connection)
  const { ok } = await store.compareAndSwap(connection, present?.version, JSON.stringify(tokens))
  console.log(`${connection}: ${ok ? 'saved' : 'somebody else was first'}`)
}

const before = sealed(files, keyring({ primary: '2029', keys: { '2029': k2029 } }))
await save(before, 'acme|1', { refreshToken: 'r1' })
await save(before, 'acme|2', { refreshToken: 'r2' })

// What lies on the disk tells nothing.
for (const name of await readdir(directory, { recursive: true })) {
  if (!name.endsWith('.data')) continue
  console.log('in clear on the disk:', (await readFile(join(directory, name), 'utf8')).includes('refreshToken'))
}

// A new key seals from now on; the sweep takes along what was sealed before.
const both = keyring({ primary: '2030', keys: { '2030': k2030, '2029': k2029 } })
for (const round of ['first', 'second']) {
  const { resealed, left, retirable } = await reseal(files, both, files.keys())
  console.log(
    `${round} sweep: ${resealed} sealed anew, left ${JSON.stringify(left)}, may go: ${retirable.join() || 'none'}`,
  )
}
const after = sealed(files, keyring({ primary: '2030', keys: { '2030': k2030 } }))
console.log('acme|1:', (await after.get('acme|1'))?.value)

// A key that is gone is an error of its own, and not a user who has to log in again.
await before.get('acme|1').catch((error: unknown) => {
  if (error instanceof TokenStoreError) console.log(`${error.reason}: ${error.message}`)
})

let passed = 0
for (const { run } of tokenStoreConformance(() => before, { reopen: () => before })) {
  await run()
  passed++
}
console.log(`a sealed store in files passes ${passed} cases`)
await rm(directory, { recursive: true })
