import type { Reading } from './reading.ts'
import { refuse, textAt } from './request.ts'
import type { KeyLocation } from './scheme.ts'

/** Gives the address of the key that a request names; refuses one that is not the vendor's, even where the key is at hand. */
export function keyUrl(keys: KeyLocation, reading: Reading): string | undefined {
  if (!('at' in keys)) return undefined
  const url = textAt(reading, keys.at)
  return url === undefined || keys.allow.test(url) ? url : refuse('untrusted-key')
}
