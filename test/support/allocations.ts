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

/** Counts the bytes of heap that each of `count` things holds, once all that can be collected is. */
export async function bytesHeld(make: () => unknown, count = 2_000): Promise<number> {
  const session = new Session()
  session.connect()
  const heap = async (): Promise<number> => {
    await session.post('HeapProfiler.collectGarbage')
    return process.memoryUsage().heapUsed
  }
  try {
    // What the first ones make is for all: shapes, code.
    for (let left = 100; left > 0; left--) await make()
    const held = Array.from<unknown>({ length: count })
    const before = await heap()
    for (let at = 0; at < count; at++) held[at] = await make()
    const bytes = ((await heap()) - before) / count
    return held.includes(undefined) ? Number.NaN : bytes
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
