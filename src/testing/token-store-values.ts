import assert from 'node:assert/strict'
import type { TokenStore } from 'hawser'
import type { TrialCase } from './token-store-trial.ts'

/** What a store must give back as it was. */
export const valueCases: readonly TrialCase[] = [
  [
    'keeps a value of 100 kB',
    async ({ key, win, find }) => {
      const value = Array.from({ length: 100_000 }, (_, at) => String.fromCharCode(33 + ((at * 31) % 90))).join('')
      await win(key(), undefined, value)
      await find(key(), value)
    },
  ],
  [
    'keeps every character of a value',
    async ({ key, win, find }) => {
      const values = [
        '{"a":"\\u0000\\ud800","b":"é\u2028\u2029"}',
        'ends with spaces  ',
        '  begins with them\r\nand\rhas\nevery\tend of line\n',
        `"quotes' \`and\` \\backslashes\\ %s $1 ? :name {{x}}`,
        'caf\u00e9 cafe\u0301 日本語 🔑 \ufeff\u007f\u0080\uffff',
        '0',
        'null',
      ]
      for (const [at, value] of values.entries()) {
        await win(key(String(at)), undefined, value)
        await find(key(String(at)), value)
      }
    },
  ],
  [
    'takes an empty value for a value',
    async ({ key, win, refuse, find }) => {
      const version = await win(key(), undefined, '')
      await find(key(), '')
      await refuse(key(), undefined, 'other', 'there is a value, if an empty one')
      await win(key(), version, 'other')
    },
  ],
]

/** What must be there for the next process. */
export function reopenCases(reopen: (store: TokenStore) => TokenStore | Promise<TokenStore>): readonly TrialCase[] {
  return [
    [
      'keeps values, versions and deletions for the next process',
      async (before) => {
        const { key } = before
        const first = await before.win(key('kept'), undefined, 'first')
        const second = await before.win(key('kept'), first, 'second')
        const deleted = await before.win(key('gone'), undefined, 'value')
        await before.win(key('gone'), deleted, undefined)

        const after = before.on(await reopen(before.store))
        await after.find(key('kept'), 'second')
        await after.find(key('gone'), undefined)
        await after.refuse(key('kept'), first, 'third', 'a newer version was there before')
        const versions = [
          await after.win(key('kept'), second, 'third'),
          await after.win(key('gone'), undefined, 'back'),
        ]
        for (const version of versions) {
          assert.ok(![first, second, deleted].includes(version), 'A version came again for the next process.')
        }
      },
    ],
  ]
}
