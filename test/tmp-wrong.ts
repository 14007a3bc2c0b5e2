import type { components } from '@octokit/openapi-types'
import type { GitHubEvents } from 'hawser/github'
type Described<Name extends string> = Name extends `${infer Event}.${infer Action}`
  ? `webhook-${Dashed<Event>}-${Dashed<Action>}`
  : `webhook-${Dashed<Name>}`
type Dashed<Text extends string> = Text extends `${infer Head}_${infer Tail}` ? `${Head}-${Dashed<Tail>}` : Text
type Single = Extract<keyof GitHubEvents, `${string}.${string}` | 'push' | 'ping'>
type Schemas = components['schemas']
export type Parsed<T> = T extends bigint ? never : T extends readonly (infer I)[] ? Parsed<I>[] : T extends object ? { [K in keyof T]: Parsed<T[K]> } : T
type Wrong = {
    [Name in Single]: Parsed<Schemas[Described<Name> & keyof Schemas]> extends GitHubEvents[Name] ? never : Name
  }[Single]
export const w: Wrong = 1
declare const a: Parsed<Schemas['webhook-issues-labeled']>
export const aa: GitHubEvents['issues.labeled'] = a
declare const b: Parsed<Schemas['webhook-pull-request-labeled']>
export const bb: GitHubEvents['pull_request.labeled'] = b
declare const c: Parsed<Schemas['webhook-pull-request-review-submitted']>
export const cc: GitHubEvents['pull_request_review.submitted'] = c
declare const d: Parsed<Schemas['webhook-workflow-run-completed']>
export const dd: GitHubEvents['workflow_run.completed'] = d
declare const e: Parsed<Schemas['webhook-installation-created']>
export const ee: GitHubEvents['installation.created'] = e
declare const f: Parsed<Schemas['webhook-release-published']>
export const ff: GitHubEvents['release.published'] = f
declare const g: Parsed<Schemas['webhook-issue-comment-created']>
export const gg: GitHubEvents['issue_comment.created'] = g
