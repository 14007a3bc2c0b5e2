import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url))

const head = `# Benchmarks

Each section is written by its benchmark: \`npm run bench -- <name>\`. Trust ratios within one table more than figures: the
machines are shared, and a table is one interleaved run.
`

/** Prints a section and puts it into the page in place of its last version. */
export function writeSection(name: string, lines: readonly string[]): void {
  const machine = `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${new Date().toISOString().slice(0, 10)}.`
  const section = `<!-- ${name} -->\n\n${lines.join('\n')}\n\n${machine}\n\n<!-- end of ${name} -->`
  console.log(`${lines.join('\n')}\n\n${machine}`)
  const text = existsSync(page) ? readFileSync(page, 'utf8') : head
  const from = text.indexOf(`<!-- ${name} -->`)
  const end = `<!-- end of ${name} -->`
  const to = text.indexOf(end)
  const next =
    from < 0 ? `${text.trimEnd()}\n\n${section}\n` : text.slice(0, from) + section + text.slice(to + end.length)
  writeFileSync(page, next)
  // As the linter wants it, so that one command is enough.
  execFileSync('npx', ['prettier', '--write', page], { stdio: 'ignore' })
}
