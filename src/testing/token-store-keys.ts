import assert from 'node:assert/strict'
import { isHawserError } from 'hawser'
import type { StoreTrial, TrialCase } from './token-store-trial.ts'

/** Writes under each key, and finds under each what was written there and not elsewhere. */
async function apart({ key, win, find }: StoreTrial, names: readonly string[]): Promise<void> {
  const versions: string[] = []
  for (const [at, name] of names.entries()) versions.push(await win(key(name), undefined, `value ${at}`))
  for (const [at, name] of names.entries()) await find(key(name), `value ${at}`)
  // A deletion leaves the others.
  await win(key(names[0]), versions[0], undefined)
  for (const [at, name] of [...names.entries()].slice(1)) await find(key(name), `value ${at}`)
}

const long = 'a long key '.repeat(90)

const families: readonly (readonly [what: string, names: readonly string[]])[] = [
  ['differ in case alone', ['Acme', 'acme', 'ACME', 'straße', 'STRASSE', 'ı', 'i', 'İ']],
  ['look the same and are written with other characters', ['caf\u00e9', 'cafe\u0301', '\u212b', '\u00c5', 'ﬁ', 'fi']],
  ['differ in what they end with', ['a', 'a ', 'a.', 'a\t', 'a\n', 'a\u00a0']],
  ['begin with one another', ['acme|11', 'acme|1', 'acme|', 'acme', 'acme%', 'acme_', 'acme*', 'acme?']],
  ['have their separators elsewhere', ['a|b|c', 'a||bc', 'ab|c', 'a:b|c', 'a/b/c', 'a/b|c', 'a%2Fb/c', 'a\\b/c']],
  ['are paths', ['..', '../../up', '/etc/passwd', 'C:\\x', 'a/../b', 'b', './b', '~', 'CON', 'nul.txt', 'a:stream']],
  [
    'are code',
    ["'; DROP TABLE x; --", '"', '`', '$(id)', '${x}', '{{x}}', '\\', '\\0', '%00', '$1', '?', ':name', '-rf'],
  ],
  [
    'are of other scripts',
    ['接続', '연결', 'соединение', 'соеdинение', 'اتصال', '🔑', '🔐', '👩‍🚀', '👩🚀', '\u200b', '\u200d'],
  ],
  ['are a thousand characters long and differ at the end', [long, `${long}1`, `${long}2`]],
]

/** What is kept under one key is kept under this one, and under no other. */
export const keyCases: readonly TrialCase[] = [
  ...families.map(([what, names]): TrialCase => [
    `keeps apart keys that ${what}`,
    async (trial) => apart(trial, names),
  ]),
  [
    'keeps apart, or refuses, keys that not every encoding can carry',
    async ({ store, key }) => {
      const names = ['\ud800', '\ud801', '\ufffd', '?', 'a', 'a\0b', 'ab']
      const kept: (readonly [name: string, value: string])[] = []
      for (const [at, name] of names.entries()) {
        const value = `value ${at}`
        const swapped = await store.compareAndSwap(key(name), undefined, value).catch((error: unknown) => {
          assert.ok(isHawserError(error), 'A key that cannot be kept must be refused with a HawserError.')
        })
        if (!swapped) continue
        assert.ok(swapped.ok, `${JSON.stringify(name)} was taken for another key.`)
        kept.push([name, value])
      }
      for (const [name, value] of kept) {
        const found = await store.get(key(name))
        assert.equal(found?.value, value, `${JSON.stringify(name)} was taken for another key.`)
      }
    },
  ],
]
