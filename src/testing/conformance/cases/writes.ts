import assert from 'node:assert/strict'
import type { IdempotencyOptions } from 'hawser'
import type { ReceivedRequest } from '../../journal/received-request.ts'
import { failureOf, type TrialCase, type TrialFacts } from '../trial.ts'

const isWrite = ({ method }: ReceivedRequest): boolean => method === 'POST' || method === 'PATCH'
const keyOf = ({ headers }: ReceivedRequest, { header }: IdempotencyOptions): string | undefined =>
  headers[header.toLowerCase()]
const noWrite = ({ writes }: TrialFacts): string | undefined => (writes ? undefined : 'the plan has no `write`')

/** When something is sent a second time. */
export const writeCases: readonly TrialCase[] = [
  {
    name: 'reads again where there was no answer',
    async run({ open }) {
      const { vendor, read, sent } = open()
      vendor.reset()
      await read()
      assert.equal(sent().length, 2, 'The number of attempts of a read whose first was cut off.')
    },
  },
  {
    name: 'sends no write twice that the vendor would do twice',
    skip: noWrite,
    async run({ profile: { idempotency }, open }) {
      for (const fault of [
        { kind: 'reset', processed: true },
        { kind: 'status', status: 503 },
      ] as const) {
        const { vendor, write, sent } = open()
        vendor.fault(fault)
        await failureOf(write)
        const attempts = sent().filter(isWrite)
        const keyed = idempotency && attempts.every((request) => keyOf(request, idempotency) !== undefined)
        assert.ok(
          keyed || attempts.length <= 1,
          `A write was sent ${attempts.length} times, and nothing tells the vendor that it is the same one.`,
        )
      }
    },
  },
  {
    name: 'sends one key with every attempt of a write, and another with the next write',
    skip: (facts) =>
      facts.profile.idempotency ? noWrite(facts) : 'the profile has no `idempotency`: the vendor knows no keys',
    async run({ profile: { idempotency }, open }) {
      const { vendor, write, sent } = open()
      vendor.fail(503, { times: 2 })
      await write()
      const first = sent().filter(isWrite)
      await write()
      const second = sent().filter(isWrite).slice(first.length)
      if (!idempotency) return
      const keys = (requests: readonly ReceivedRequest[]): Set<string | undefined> =>
        new Set(requests.map((request) => keyOf(request, idempotency)))
      assert.equal(first.length, 3, 'The number of attempts of a write with a key that met two 503.')
      assert.equal(keys(first).size, 1, 'The attempts of one write had different keys.')
      // What is sent again here, the connector itself sends again.
      const once = open({ retry: false })
      once.vendor.fail(503, { times: 2 })
      await failureOf(once.write)
      assert.ok(keys(once.sent().filter(isWrite)).size <= 1, 'The connector sent a write again under another key.')
      assert.ok(![...keys(first)].includes(undefined), `A write came without \`${idempotency.header}\`.`)
      assert.equal(keys([...first, ...second]).size, 2, 'Two writes had the same key.')
    },
  },
]
