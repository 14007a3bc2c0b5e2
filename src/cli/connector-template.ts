import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { ConfigurationError, isRecord } from 'hawser'
import type { ConnectorNames } from './connector-names.ts'

/** A file of a package: its path within, and its text. */
export interface PackageFile {
  readonly path: string
  readonly text: string
}

// npm leaves a `.gitignore` out of packages, and a package within a package confuses bundlers.
const realNames: Readonly<Record<string, string>> = { gitignore: '.gitignore', 'manifest.json': 'package.json' }

/**
 * Gives the files of a new connector: those of `templates/connector`, with its names in place of Acme's.
 *
 * @throws {ConfigurationError} where the class would have the name of something that the files use
 */
export function connectorFiles(names: ConnectorNames): readonly PackageFile[] {
  const manifest = createRequire(import.meta.url).resolve('hawser/package.json')
  const templates = join(dirname(manifest), 'templates/connector')
  const files = readdirSync(templates, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(templates, path), text: readFileSync(path, 'utf8') }))
  const taken = new RegExp(`\\b${names.class}\\b`)
  if (names.class !== 'Acme' && files.some(({ path, text }) => path.endsWith('.ts') && taken.test(text))) {
    throw new ConfigurationError(
      `\`${names.class}\` is the name of something else. Try \`hawser-${names.vendor}-api\`.`,
    )
  }
  const { version }: { readonly version: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  return files.map(({ path, text }) => ({
    path: realNames[path] ?? path,
    text: path === 'manifest.json' ? packageJson(text, names, version) : renamed(text, names),
  }))
}

// `acmeProfile` is a value's name; `acme` alone stands in texts only.
function renamed(text: string, names: ConnectorNames): string {
  return text.replace(/(hawser-acme)|(acme(?=[A-Z]))|(acme)|Acme/g, (_, ofPackage, ofValue, ofVendor) => {
    if (ofPackage) return names.package
    if (ofValue) return names.value
    return ofVendor ? names.vendor : names.class
  })
}

/** What is resolved against this release of hawser. */
function packageJson(text: string, names: ConnectorNames, version: string): string {
  const content: unknown = JSON.parse(renamed(text, names))
  if (!isRecord(content)) throw new ConfigurationError('The template `manifest.json` holds no object.')
  return `${JSON.stringify({ ...content, peerDependencies: { hawser: `^${version}` } }, null, 2)}\n`
}
