import type { Issue, Repository, User } from 'hawser/github'
import type { Collection } from '../simulators/collection.ts'
import type { Input, RouteHandler, RouteRequest } from '../simulators/definition.ts'
import { linkPages } from '../simulators/pages.ts'
import { invalid, notAuthenticated, notFound } from './errors.ts'
import {
  assigneesOf,
  below,
  labelNames,
  labelsOf,
  newComment,
  newIssue,
  newPull,
  timestamp,
  type GitHubRecords,
} from './records.ts'

type Asked = RouteRequest<GitHubRecords>
type Handler = RouteHandler<GitHubRecords>

/** Finds what a simulated GitHub takes for granted: repositories, and who asks. */
export interface Ground {
  readonly repository: (asked: Asked) => Repository | undefined
  /** Who asks; nobody without a credential. */
  readonly caller: (asked: Asked) => User | undefined
}

const pages = linkPages()

/** The routes of issues, pull requests and comments. @see https://docs.github.com/en/rest/issues/issues */
export function issueRoutes({ repository, caller }: Ground): Readonly<Record<string, Handler>> {
  const one = (asked: Asked): Issue | undefined =>
    repository(asked) && asked.collections.issues.get(asked.params['number'] ?? '', below(asked.params))

  return {
    'GET /repos/{owner}/{repo}/issues': (asked) => {
      if (!repository(asked)) return notFound
      const all = asked.collections.issues.all(below(asked.params))
      return pages({ items: sorted(all.filter(issueFilter(asked.query)), asked.query), url: asked.url, idOf })
    },
    'POST /repos/{owner}/{repo}/issues': (asked) => {
      const [of, user] = [repository(asked), caller(asked)]
      if (!user) return notAuthenticated
      if (!of) return notFound
      if (!isText(asked.input['title'])) return invalid('Issue', 'title', 'missing_field')
      return { json: asked.collections.issues.insert(open(asked, of, user), below(asked.params)), status: 201 }
    },
    'GET /repos/{owner}/{repo}/issues/{number}': (asked) => {
      const issue = one(asked)
      return issue ? { json: issue } : notFound
    },
    'PATCH /repos/{owner}/{repo}/issues/{number}': (asked) => {
      const issue = one(asked)
      if (!caller(asked)) return notAuthenticated
      if (!issue) return notFound
      const { state } = asked.input
      if (state !== undefined && state !== 'open' && state !== 'closed') return invalid('Issue', 'state', 'invalid')
      const changed = changedIssue(issue, asked.input, asked.now)
      const { title, updated_at, body = null } = changed
      const pull = asked.collections.pulls.get(issue.number, below(asked.params))
      if (pull) {
        const change = { ...pull, title, body, state: changed.state, updated_at }
        asked.collections.pulls.replace(issue.number, change, below(asked.params))
      }
      return { json: asked.collections.issues.replace(issue.number, changed, below(asked.params)) }
    },
    'GET /repos/{owner}/{repo}/issues/{number}/comments': (asked) => {
      if (!one(asked)) return notFound
      return pages({ items: commentsOf(asked).all(underIssue(asked)), url: asked.url, idOf })
    },
    'POST /repos/{owner}/{repo}/issues/{number}/comments': (asked) => {
      const [issue, user] = [one(asked), caller(asked)]
      if (!user) return notAuthenticated
      if (!issue) return notFound
      const { body } = asked.input
      if (!isText(body)) return invalid('IssueComment', 'body', 'missing_field')
      const comment = newComment(body, asked.sequence, issue, user, asked.now)
      const updated_at = timestamp(asked.now)
      const counted = { ...issue, comments: issue.comments + 1, updated_at }
      asked.collections.issues.replace(issue.number, counted, below(asked.params))
      return { json: commentsOf(asked).insert(comment, underIssue(asked)), status: 201 }
    },
    'GET /repos/{owner}/{repo}/pulls': (asked) => {
      if (!repository(asked)) return notFound
      const { query, params } = asked
      const state = query.get('state') ?? 'open'
      const head = query.get('head')?.split(':').at(-1)
      const base = query.get('base')
      const found = asked.collections.pulls.all(below(params)).filter((pull) => {
        const branches = (head === undefined || pull.head.ref === head) && (base === null || pull.base.ref === base)
        return branches && (state === 'all' || pull.state === state)
      })
      return pages({ items: sorted(found, query), url: asked.url, idOf })
    },
    'POST /repos/{owner}/{repo}/pulls': (asked) => {
      const [of, user] = [repository(asked), caller(asked)]
      if (!user) return notAuthenticated
      if (!of) return notFound
      const missing = ['title', 'head', 'base'].find((field) => !isText(asked.input[field]))
      if (missing !== undefined) return invalid('PullRequest', missing, 'missing_field')
      const issue = open(asked, of, user)
      const pull = newPull(issue, asked.input)
      const url = `https://api.github.com/repos/${of.full_name}/pulls/${issue.number}`
      const side = { ...issue, html_url: pull.html_url, pull_request: { url } }
      asked.collections.issues.insert(side, below(asked.params))
      return { json: asked.collections.pulls.insert(pull, below(asked.params)), status: 201 }
    },
    'GET /repos/{owner}/{repo}/pulls/{number}': (asked) => {
      const pull = repository(asked) && asked.collections.pulls.get(asked.params['number'] ?? '', below(asked.params))
      return pull ? { json: pull } : notFound
    },
  }
}

/** Numbers are given to issues and pull requests in one row. */
function open({ collections, params, input, now }: Asked, of: Repository, user: User): Issue {
  const last = collections.issues.all(below(params)).reduce((most, { number }) => Math.max(most, number), 0)
  return newIssue(input, last + 1, of, user, now)
}

const idOf = ({ id }: { readonly id: number }): string => String(id)

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function commentsOf({ collections }: Asked): Collection<GitHubRecords['comments']> {
  return collections.comments
}

function underIssue({ params }: Asked): Readonly<Record<string, string>> {
  return { ...below(params), issue_number: params['number'] ?? '' }
}

function changedIssue(issue: Issue, input: Input, now: number): Issue {
  const at = timestamp(now)
  const { title, body, state, labels, assignees } = input
  return {
    ...issue,
    ...(isText(title) && { title }),
    ...((typeof body === 'string' || body === null) && { body }),
    ...(labels !== undefined && { labels: labelsOf(labels) }),
    ...(assignees !== undefined && { assignees: assigneesOf(assignees) }),
    ...(state === 'closed' && { state, closed_at: issue.closed_at ?? at }),
    ...(state === 'open' && { state, closed_at: null }),
    updated_at: at,
  }
}

function issueFilter(query: URLSearchParams): (issue: Issue) => boolean {
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean)
  const [creator, assignee, since] = ['creator', 'assignee', 'since'].map((name) => query.get(name))
  return (issue) =>
    (state === 'all' || issue.state === state) &&
    labels.every((label) => labelNames(issue).includes(label)) &&
    (creator == null || issue.user?.login === creator) &&
    (assignee == null || isAssigned(issue, assignee)) &&
    (since == null || Date.parse(issue.updated_at) >= Date.parse(since))
}

function isAssigned({ assignees = [] }: Issue, to: string): boolean {
  if (to === '*') return (assignees ?? []).length > 0
  if (to === 'none') return (assignees ?? []).length === 0
  return (assignees ?? []).some(({ login }) => login === to)
}

interface Sortable {
  readonly number: number
  readonly created_at: string
  readonly updated_at: string
  readonly comments?: number
}

/** The newest first, unless the query says otherwise. */
function sorted<T extends Sortable>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const sort = query.get('sort')
  const rank = (item: T): number => {
    if (sort === 'comments' || sort === 'popularity') return item.comments ?? 0
    return Date.parse(sort === 'updated' ? item.updated_at : item.created_at)
  }
  const ascending = items.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number)
  return query.get('direction') === 'asc' ? ascending : ascending.toReversed()
}
