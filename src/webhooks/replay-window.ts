import { systemRuntime, type Runtime } from '../runtime.ts'

/** What a claim finds: nobody had the key, somebody works on it, or it is done. */
export type Claim = 'new' | 'busy' | 'done'

/** Remembers which deliveries were handled. A claim must be atomic across all processes that share the window. */
export interface ReplayWindow {
  /** Takes a key, or tells what became of it. Rejects where the store is down. */
  claim(key: string): Promise<Claim>
  /** Marks a key as done, or frees it for the vendor's next attempt. */
  settle(key: string, done: boolean): Promise<void>
}

/** Options of {@link memoryReplayWindow}. */
export interface MemoryReplayWindowOptions {
  /** How long a key is remembered: longer than the vendor retries. Milliseconds. @default 4 days */
  readonly keepMs?: number
  /** How many keys are remembered; beyond it the oldest is forgotten. @default 100_000 */
  readonly maxKeys?: number
  readonly runtime?: Runtime
}

/** Makes a window for one process. It is empty after a restart. */
export function memoryReplayWindow(options: MemoryReplayWindowOptions = {}): ReplayWindow {
  const { keepMs = 4 * 86_400_000, maxKeys = 100_000, runtime = systemRuntime() } = options
  const seen = new Map<string, { readonly state: Exclude<Claim, 'new'>; readonly until: number }>()

  function remember(key: string, state: Exclude<Claim, 'new'>): void {
    seen.delete(key)
    seen.set(key, { state, until: runtime.now() + keepMs })
    const [oldest] = seen.keys()
    if (seen.size > maxKeys && oldest !== undefined) seen.delete(oldest)
  }

  return {
    async claim(key) {
      const known = seen.get(key)
      if (known && known.until > runtime.now()) return known.state
      remember(key, 'busy')
      return 'new'
    },
    async settle(key, done) {
      if (done) remember(key, 'done')
      else seen.delete(key)
    },
  }
}
