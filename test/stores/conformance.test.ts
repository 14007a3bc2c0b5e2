import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, it } from 'vitest'
import { memoryTokenStore, type TokenStore } from 'hawser'
import { fileTokenStore, keyring, sealed } from 'hawser/stores'
import { tokenStoreConformance } from 'hawser/testing'

const directory = mkdtempSync(join(tmpdir(), 'hawser-conformance-'))
afterAll(() => rmSync(directory, { recursive: true }))
const ring = keyring({ primary: 'k1', keys: { k1: Buffer.alloc(32, 1) } })
const file = (): TokenStore => fileTokenStore({ directory })

for (const { name, run } of tokenStoreConformance(file, { reopen: file })) it(`in files: ${name}`, run)
for (const { name, run } of tokenStoreConformance(() => sealed(memoryTokenStore(), ring)))
  it(`sealed in memory: ${name}`, run)
for (const { name, run } of tokenStoreConformance(() => sealed(file(), ring), { reopen: () => sealed(file(), ring) }))
  it(`sealed in files: ${name}`, run)
