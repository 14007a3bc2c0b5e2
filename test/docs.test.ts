import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { checkPages } from './support/snippets.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
// The design and its decisions show sketches, not code that runs.
const names = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`)
const pages = ['README.md', ...names].filter(
  (page) => page.endsWith('.md') && page !== 'docs/architecture.md' && !page.startsWith('docs/decisions/'),
)

const texts = Object.fromEntries(pages.map((page) => [page, readFileSync(root + page, 'utf8')]))
const problems = checkPages(texts, 'snippets')

it.each(pages)('%s: every snippet compiles', (page) => {
  expect(problems[page]).toEqual([])
})

it('names the page and the line of a snippet that does not compile', () => {
  const page = [
    'Text.',
    '```ts',
    "import { bearer } from 'hawser'",
    'export const shown = await Promise.resolve(bearer)',
    '```',
    '<!-- snippet',
    "import type { GitHub } from 'hawser/github'",
    'declare const github: GitHub',
    '-->',
    '',
    '```ts',
    'await github.issues.get({ owner: 1, repo: "r", issue_number: 1 })',
    '```',
    '1. In a list:',
    '   ```ts',
    '   github.issues',
    '   ```',
    '```ts nocheck',
    'one: two',
    '```',
  ].join('\n')
  expect(checkPages({ 'docs/page.md': page }, 'snippets-of-a-test')).toEqual({
    'docs/page.md': [
      'docs/page.md:18: Write ```ts, not ```ts nocheck.',
      "docs/page.md:12: Type 'number' is not assignable to type 'string'.",
      "docs/page.md:16: Cannot find name 'github'.",
    ],
  })
})
