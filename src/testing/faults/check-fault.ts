import { ConfigurationError, checkNumber, checkOptions } from 'hawser'
import type { Fault, FaultKind } from './fault.ts'

const fields: Readonly<Record<FaultKind, readonly string[]>> = {
  status: ['status', 'headers', 'body', 'retryAfterSeconds', 'retryAfterAs'],
  latency: ['ms'],
  'slow-body': ['ms'],
  stall: ['at', 'processed'],
  reset: ['at', 'processed'],
  fin: ['processed'],
  truncated: ['framing'],
  garbage: ['processed'],
  'malformed-json': [],
  'wrong-type': ['type'],
  'skewed-date': ['ms'],
}

/**
 * Checks a fault, since one that is misspelt would strike in another way, or not at all.
 *
 * @throws {ConfigurationError}
 */
export function checkFault(fault: Fault): void {
  const { kind } = fault
  if (!Object.hasOwn(fields, kind)) {
    throw new ConfigurationError(`There is no fault \`${kind}\`. There are: ${Object.keys(fields).join(', ')}.`)
  }
  checkOptions(`The fault \`${kind}\``, fault, ['kind', ...fields[kind]])
  if ('ms' in fault) checkNumber(`${kind}.ms`, fault.ms, kind === 'skewed-date' ? -Infinity : 0)
  if (fault.kind !== 'status') return
  // @see https://fetch.spec.whatwg.org/#dom-response
  if (!Number.isInteger(fault.status) || fault.status < 200 || fault.status > 599) {
    throw new ConfigurationError('A `status` is a whole number from 200 to 599.')
  }
  if (fault.retryAfterSeconds !== undefined) checkNumber('retryAfterSeconds', fault.retryAfterSeconds, 0)
}
