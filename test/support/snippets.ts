/**
 * Checks the code in pages of Markdown. Code stands in blocks that open with ```ts and nothing more; output and drawings are
 * ```text. Each block is compiled alone, with the options and path aliases of tsconfig.json. What a fragment takes for granted
 * stands in a comment right above it, where the reader does not see it:
 *
 *     <!-- snippet
 *     import type { GitHub } from 'hawser/github'
 *     declare const github: GitHub
 *     -->
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Gives what is wrong with each page, as `page:line: message`. The blocks are left in `node_modules/.cache/{cache}`. */
export function checkPages(pages: Readonly<Record<string, string>>, cache: string): Record<string, string[]> {
  const folder = `${root}node_modules/.cache/${cache}`
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })

  const problems: Record<string, string[]> = {}
  const pageOf = new Map<string, string>()
  for (const [page, text] of Object.entries(pages)) {
    const { blocks, misnamed } = read(text)
    problems[page] = misnamed.map(({ line, info }) => `${page}:${line}: Write \`\`\`ts, not \`\`\`${info}.`)
    for (const { line, code } of blocks) {
      const file = `${folder}/${page.replaceAll('/', '.')}.${line}.ts`
      writeFileSync(file, code)
      pageOf.set(file, page)
    }
  }
  for (const { file, start = 0, messageText } of compile([...pageOf.keys()])) {
    const page = file && pageOf.get(file.fileName)
    const message = ts.flattenDiagnosticMessageText(messageText, ' ')
    if (!file || page === undefined) throw new Error(`${file?.fileName ?? 'tsconfig.json'}: ${message}`)
    problems[page]?.push(`${page}:${file.getLineAndCharacterOfPosition(start).line + 1}: ${message}`)
  }
  return problems
}

interface Reading {
  /** Each with all other lines of the page blanked out, so that a line has the number that it has on the page. */
  readonly blocks: { readonly line: number; readonly code: string }[]
  readonly misnamed: { readonly line: number; readonly info: string }[]
}

function read(text: string): Reading {
  const lines = text.split('\n')
  const found: Reading = { blocks: [], misnamed: [] }
  let at: 'text' | 'setup' | 'code' | 'other' = 'text'
  let kept = lines.map(() => '')
  for (const [index, line] of lines.entries()) {
    const info = /^ *```(.*)$/.exec(line)?.[1]
    if (at === 'text' && line === '<!-- snippet') at = 'setup'
    else if (at === 'setup' && line === '-->') at = 'text'
    else if (at === 'text' && info !== undefined) {
      at = info === 'ts' ? 'code' : 'other'
      if (/^(?:ts\W|tsx|typescript|js|jsx|javascript)/.test(info)) found.misnamed.push({ line: index + 1, info })
    } else if (info === '') {
      if (at === 'code') found.blocks.push({ line: index + 1, code: kept.join('\n') })
      at = 'text'
      kept = lines.map(() => '')
    } else if (at === 'setup' || at === 'code') kept[index] = line
  }
  return found
}

function compile(files: readonly string[]): readonly ts.Diagnostic[] {
  const { config }: { config?: unknown } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(files, {
    ...options,
    // A snippet may await at its top level, leave what it shows unused, and export without a written type.
    moduleDetection: ts.ModuleDetectionKind.Force,
    noUnusedLocals: false,
    noUnusedParameters: false,
    isolatedDeclarations: false,
    declaration: false,
  })
  return ts.getPreEmitDiagnostics(program)
}
