import { Buffer } from 'node:buffer'

// All take it from here: the global one has a getter, which takes 2 % of a verification.
export { Buffer }

/** Decodes text that is exactly what encoding the bytes gives: lower-case hex, padded base64, nothing around it. */
export function decode(text: string, encoding: 'hex' | 'base64' | 'base64url'): Buffer | undefined {
  const bytes = Buffer.from(text, encoding)
  return bytes.toString(encoding) === text ? bytes : undefined
}
