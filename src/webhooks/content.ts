import { createHash } from 'node:crypto'
import type { Chunk, Covered, Facts, Reading } from './reading.ts'
import { fieldText, queryValue, refuse } from './request.ts'
import type { MessageScheme, Part } from './scheme.ts'

/** Puts together what was signed; texts that follow each other become one, since each chunk costs a call. */
export function contentOf(parts: readonly Part[], reading: Reading, facts: Facts): readonly Chunk[] {
  const chunks: Chunk[] = []
  let text = ''
  for (const part of parts) {
    const piece = chunk(part, reading, facts)
    if (typeof piece === 'string') {
      text += piece
      continue
    }
    if (text !== '') chunks.push(text)
    chunks.push(piece)
    text = ''
  }
  if (text !== '') chunks.push(text)
  return chunks
}

function chunk(part: Part, reading: Reading, facts: Facts): Chunk {
  if (typeof part === 'string') return part
  if ('read' in part) return part.read(reading, facts)
  if ('header' in part) return reading.header(part.header) ?? refuse('missing-header')
  if ('value' in part) return facts.values?.[part.value] ?? ''
  return fieldText(reading.root(), part.field) ?? (part.optional ? '' : refuse('malformed-body'))
}

/** Checks the body against the digest in the query; `false` where the query names none. */
export function checkBodyDigest(reading: Reading, query: string): boolean {
  const digest = queryValue(reading, query)
  if (digest === undefined) return false
  return createHash('sha256').update(reading.body).digest('hex') === digest || refuse('signature-mismatch')
}

/** Tells what a signature over these parts vouches for. */
export function coverage(parts: readonly Part[]): readonly Covered[] {
  const all: Covered[] = []
  for (const part of parts) {
    if (typeof part === 'string') continue
    for (const one of coveredBy(part)) if (!all.includes(one)) all.push(one)
  }
  return all
}

function coveredBy(part: Exclude<Part, string>): readonly Covered[] {
  if ('covers' in part) return part.covers
  if ('value' in part) return []
  return 'header' in part ? ['headers'] : ['fields']
}

/** Tells what a message's signature vouches for. */
export function coverageOf(scheme: MessageScheme, digested: boolean): readonly Covered[] {
  const parts = coverage(scheme.signed)
  return digested ? [...parts.filter((part) => part !== 'form'), 'body'] : parts
}
