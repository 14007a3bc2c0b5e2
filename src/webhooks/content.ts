import { sha256Hex } from './digest.ts'
import type { Chunk, Covered, Facts, Reading } from './reading.ts'
import { fieldText, headerOf, queryValue, refuse } from './request.ts'
import type { MessageScheme, Part, SignedParts } from './scheme.ts'

/** Puts together what was signed; texts that follow each other become one, since each chunk costs a call. */
export function contentOf(signed: SignedParts, reading: Reading, facts: Facts, from = 0): readonly Chunk[] {
  // What is frozen takes twice as long to go through.
  const parts = signed.parts ?? signed
  let text = ''
  for (let at = from; at < parts.length; at++) {
    const piece = chunk(parts[at] ?? '', reading, facts)
    if (typeof piece === 'string') {
      text += piece
      continue
    }
    const chunks = text === '' ? [piece] : [text, piece]
    // Mostly the body is the last.
    return at + 1 === parts.length ? chunks : [...chunks, ...contentOf(signed, reading, facts, at + 1)]
  }
  return [text]
}

function chunk(part: Part, reading: Reading, facts: Facts): Chunk {
  if (typeof part === 'string') return part
  // What nearly all sign: calls for them would take 2 % of a verification.
  if ('fact' in part) {
    if (part.fact === 'body') return reading.body
    return (part.fact === 'id' ? facts.id : facts.timestamp) || refuse(`missing-${part.fact}`)
  }
  if ('read' in part) return part.read(reading, facts)
  if ('header' in part) return headerOf(reading, part.header) ?? refuse('missing-header')
  if ('value' in part) return facts.values?.[part.value] ?? ''
  return fieldText(reading.root(), part.field) ?? (part.optional ? '' : refuse('malformed-body'))
}

/** Checks the body against the digest in the query; `false` where the query names none. */
export function checkBodyDigest(reading: Reading, query: string): boolean {
  const digest = queryValue(reading, query)
  return digest !== undefined && (sha256Hex(reading.body) === digest || refuse('signature-mismatch'))
}

/**
 * Lists what is signed, in its order, and notes what a signature over it vouches for. A plain list of parts does as well; then each
 * verification finds out.
 *
 * @__NO_SIDE_EFFECTS__
 */
export function signedBy(...parts: readonly Part[]): SignedParts {
  // Frozen, so that what is noted goes on to be true; `parts` is for the engine, which goes through it.
  return Object.freeze(Object.assign([...parts], { parts, covers: Object.freeze(coverage(parts)) }))
}

/** Tells what a signature over these parts vouches for. */
export function coverage(parts: readonly Part[]): readonly Covered[] {
  return [...new Set(parts.flatMap(coveredBy))]
}

function coveredBy(part: Part): readonly Covered[] {
  if (typeof part === 'string' || 'value' in part) return []
  if ('covers' in part) return part.covers
  return 'header' in part ? ['headers'] : ['fields']
}

/** Tells what a message's signature vouches for. */
export function coverageOf(scheme: MessageScheme, digested: boolean): readonly Covered[] {
  const parts = scheme.signed.covers ?? coverage(scheme.signed)
  return digested ? [...parts.filter((part) => part !== 'form'), 'body'] : parts
}
