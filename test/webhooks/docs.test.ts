import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { schemes, type SignatureScheme } from '../../src/webhooks/index.ts'
import { coverage, coverageOf } from '../../src/webhooks/content.ts'

// Columns are padded by the formatter.
const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8').replace(/ +/g, ' ')

it.each(Object.entries(schemes))('the documentation has the row of %s', (name, scheme) => {
  expect(page).toContain(row(name, scheme))
})

function row(name: string, scheme: SignatureScheme): string {
  const cells = scheme.kind === 'jwt' ? jwtCells(scheme) : messageCells(scheme)
  return `| \`${name}\` | ${[scheme.vendor, ...cells].join(' | ')} |`
}

function jwtCells(scheme: Extract<SignatureScheme, { kind: 'jwt' }>): readonly string[] {
  const covers = coverage(scheme.claims.flatMap((rule) => rule.sha256))
  const tolerance = scheme.toleranceSeconds === undefined ? '–' : `${scheme.toleranceSeconds} s`
  return [
    scheme.algorithms.join(', '),
    `\`${scheme.token.header}\``,
    'key id',
    tolerance,
    covers.join(', ') || 'nothing',
  ]
}

function messageCells(scheme: Extract<SignatureScheme, { kind: 'message' }>): readonly string[] {
  const { header, numbered, field, separator } = scheme.signature
  const algorithm =
    typeof scheme.algorithm === 'string' ? scheme.algorithm : Object.values(scheme.algorithm.of).join(', ')
  const place = field ? `body ${field}` : numbered ? `${numbered}n` : [header].flat().join(', ')
  const rotation = separator
    ? `list by ${{ ' ': 'space', ',': 'comma', ';': 'semicolon' }[separator]}`
    : numbered || Array.isArray(header)
      ? 'several headers'
      : scheme.keyId || scheme.keys
        ? 'key id'
        : '–'
  const seconds = scheme.timestamp?.toleranceSeconds
  const tolerance = seconds === undefined ? '–' : Number.isFinite(seconds) ? `${seconds} s` : 'not checked'
  return [algorithm, `\`${place}\``, rotation, tolerance, coverageOf(scheme, false).join(', ') || 'nothing']
}
