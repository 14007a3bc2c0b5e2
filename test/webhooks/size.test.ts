import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

const entry = fileURLToPath(new URL('../../src/webhooks/index.ts', import.meta.url))

async function gzipped(code: string): Promise<number> {
  const stdin = { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) }
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}

it('keeps the receiver within 6 kB gzipped, without its schemes', async () => {
  expect(await gzipped(`import { receiver } from '${entry}'; console.log(receiver)`)).toBeLessThanOrEqual(6000)
})

it('keeps all schemes together within 14 kB gzipped, the receiver included', async () => {
  expect(
    await gzipped(`import { receiver, sources, schemes } from '${entry}'; console.log(receiver, sources, schemes)`),
  ).toBeLessThanOrEqual(14_000)
})
