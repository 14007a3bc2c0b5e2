import { Session } from 'node:inspector/promises'

/**
 * Counts the bytes that a call allocates, by sampling every allocation, also of what is collected at once. Unlike time, it is the
 * same on a fast and a slow machine, and with other work beside it.
 */
export async function bytesPerCall(call: () => unknown, calls = 20_000): Promise<number> {
  // Until the compiler is done with it: what it keeps in registers later is allocated before.
  for (let left = calls; left > 0; left--) await call()
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: 2048,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
    for (let left = calls; left > 0; left--) await call()
    const { profile } = await session.post('HeapProfiler.stopSampling')
    return sizeOf(profile.head) / calls
  } finally {
    session.disconnect()
  }
}

interface Node {
  readonly selfSize: number
  readonly children: readonly Node[]
}

function sizeOf({ selfSize, children }: Node): number {
  return children.reduce((sum, child) => sum + sizeOf(child), selfSize)
}
