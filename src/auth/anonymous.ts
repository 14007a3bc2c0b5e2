import type { Credential } from './credential.ts'

/** Sends no credential, for what a vendor gives to everyone. */
export function anonymous(): Credential {
  return { kind: 'anonymous', apply: (request) => request }
}
