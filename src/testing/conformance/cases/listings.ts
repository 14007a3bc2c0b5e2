import assert from 'node:assert/strict'
import { emptied, withJson, withText, type Alter } from '../altered.ts'
import { elsewhere, failureOf, type Subject, type Trial, type TrialCase, type TrialFacts } from '../trial.ts'

// A plan lists ten pages at most.
const tooManyRequests = 20

const noList = ({ lists }: TrialFacts): string | undefined => (lists ? undefined : 'the plan has no `list`')

/** How a connector goes from page to page. */
export const listingCases: readonly TrialCase[] = [
  {
    name: 'reads a listing to its end',
    skip: noList,
    run: async (trial) => {
      const { items, held } = await wholeListing(trial)
      assert.equal(items, held, 'The number of items that were listed, of those on all pages.')
    },
  },
  {
    name: 'goes on after an empty page',
    skip: (facts) => noList(facts) ?? facts.plan.emptyPageEnds,
    async run(trial) {
      await wholeListing(trial)
      const subject = trial.open({
        alter: (response, count) => (count > 1 ? response : withJson(response, (body) => emptied(body).body)),
      })
      await readAll(subject)
      assert.ok(subject.sent().length > 1, 'The listing ended at an empty page, although the vendor named a next one.')
    },
  },
  {
    name: 'asks for no page twice, although a page names itself as the next',
    skip: noList,
    async run(trial) {
      await wholeListing(trial)
      let first: { readonly text: string; readonly response: Response } | undefined
      const subject = trial.open({
        async alter(response) {
          first ??= { text: await response.text(), response }
          return withText(first.response, first.text)
        },
      })
      await failureOf(() => readAll(subject))
      const asked = subject.sent().map(({ method, url, body }) => `${method} ${url} ${body}`)
      const twice = asked.filter((one, at) => asked.indexOf(one) !== at)
      assert.deepEqual([...new Set(twice)], [], 'The same page was asked for again and again.')
    },
  },
  {
    name: 'follows no page to another origin',
    skip: noList,
    async run(trial) {
      await wholeListing(trial)
      const own = new URL(trial.open().client.http.baseUrl).origin
      const moved = (text: string): string => text.replaceAll(own, elsewhere)
      const subject = trial.open({
        async alter(response) {
          const headers = [...response.headers].map(([name, value]): [string, string] => [name, moved(value)])
          if (!response.headers.has('link')) headers.push(['link', `<${elsewhere}/next>; rel="next"`])
          return withText(new Response(null, { status: response.status, headers }), moved(await response.text()))
        },
      })
      await failureOf(() => readAll(subject))
      assert.deepEqual(
        subject.strays().map(({ url }) => url),
        [],
        'A page on another origin was asked for.',
      )
    },
  },
]

/** Reads a listing that nothing is wrong with; gives how many items came, and how many the pages held. */
async function wholeListing(trial: Trial): Promise<{ readonly items: number; readonly held: number }> {
  let held = 0
  const count: Alter = async (response) =>
    withJson(response, (body) => {
      held += emptied(body).items
      return body
    })
  const subject = trial.open({ alter: count })
  const items = await readAll(subject)
  const pages = subject.sent().length
  assert.ok(
    pages >= 2,
    `\`list\` read ${pages} page of ${items} items: let the simulator hold two pages, or ask for fewer items on each.`,
  )
  return { items, held }
}

async function readAll({ list, sent }: Subject): Promise<number> {
  let items = 0
  for await (const _ of list()) {
    items++
    if (sent().length > tooManyRequests) break
  }
  return items
}
