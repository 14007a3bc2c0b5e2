import { it } from 'vitest'
import { memoryTokenStore } from 'hawser'
import { tokenStoreConformance } from 'hawser/testing'

for (const { name, run } of tokenStoreConformance(() => memoryTokenStore())) it(name, run)
