import type { components } from '@octokit/openapi-types'
import examples from '@octokit/webhooks-examples' with { type: 'json' }
import { expect, expectTypeOf, it } from 'vitest'
import type { GitHubEvents } from 'hawser/github'
import { receiver, schemes, sign, sources } from 'hawser/webhooks'

it('gives a webhook to the listener of its event, typed', async () => {
  const heard: string[] = []
  const receive = receiver<GitHubEvents>(sources.github, { secrets: ['a secret'] })
    .on('issues.opened', ({ payload }) =>
      heard.push(`${payload.repository.full_name}#${payload.issue.number.toFixed()}`),
    )
    .on('issues', ({ payload }) => heard.push(payload.action))
    .on('push', ({ payload }) => heard.push(payload.ref))
  const body = JSON.stringify({ action: 'opened', issue: { number: 7 }, repository: { full_name: 'o/r' } })
  const headers = { 'content-type': 'application/json', 'x-github-event': 'issues', 'x-github-delivery': 'd1' }
  const signed = sign(schemes.github, { headers, body }, { secrets: ['a secret'] })
  const answer = await receive(new Request('https://app.test/hook', { method: 'POST', headers: signed.headers, body }))
  expect(answer.status).toBe(200)
  expect(heard).toEqual(['opened', 'o/r#7'])
})

it('takes every example that GitHub’s community recorded', async () => {
  const heard: string[] = []
  const receive = receiver<GitHubEvents>(sources.github, { secrets: ['a secret'] }).on('*', ({ event }) =>
    heard.push(event),
  )
  const names: string[] = []
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      const body = JSON.stringify(payload)
      const headers = {
        'content-type': 'application/json',
        'x-github-event': name,
        'x-github-delivery': `d${names.length}`,
      }
      const signed = sign(schemes.github, { headers, body }, { secrets: ['a secret'] })
      const answer = await receive(
        new Request('https://app.test/hook', { method: 'POST', headers: signed.headers, body }),
      )
      expect([name, answer.status]).toEqual([name, 200])
      names.push('action' in payload ? `${name}.${payload.action}` : name)
    }
  }
  expect(heard).toEqual(names)
  expect(names.length).toBeGreaterThan(200)
})

/** `issues.opened` is described as `webhook-issues-opened`. */
type Described<Name extends string> = Name extends `${infer Event}.${infer Action}`
  ? `webhook-${Dashed<Event>}-${Dashed<Action>}`
  : `webhook-${Dashed<Name>}`
type Dashed<Text extends string> = Text extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Text

/** `JSON.parse` gives numbers where the description allows large ones too. */
type Parsed<T> = T extends bigint
  ? never
  : T extends readonly (infer Item)[]
    ? Parsed<Item>[]
    : T extends object
      ? { [Key in keyof T]: Parsed<T[Key]> }
      : T

/** Names that stand for one payload, and not for all actions of an event. */
type Single = Extract<keyof GitHubEvents, `${string}.${string}` | 'push' | 'ping'>

it('knows events that exist only, and what each holds, by GitHub’s own description', () => {
  type Schemas = components['schemas']
  type Unknown = { [Name in Single]: Described<Name> extends keyof Schemas ? never : Name }[Single]
  expectTypeOf<Unknown>().toEqualTypeOf<never>()
  type Wrong = {
    [Name in Single]: Parsed<Schemas[Described<Name> & keyof Schemas]> extends GitHubEvents[Name] ? never : Name
  }[Single]
  expectTypeOf<Wrong>().toEqualTypeOf<never>()
})
