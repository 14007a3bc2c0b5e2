import { ConfigurationError } from 'hawser'
import type { Issue, Repository } from 'hawser/github'
import type { RouteHandler } from '../simulators/definition.ts'
import { linkPages } from '../simulators/pages.ts'
import { placed } from '../placed.ts'
import { refuse, type Reply } from '../simulators/reply.ts'
import { invalid } from './errors.ts'
import { labelNames, type GitHubRecords } from './records.ts'

// "Up to 1,000 results for each search." @see https://docs.github.com/en/rest/search/search#about-search
const mostResults = 1000

const found = linkPages({ items: 'items', total: 'total_count' })

/** A word of a search: `label:bug`, `-label:bug`, or text. */
interface Term {
  readonly not: boolean
  readonly qualifier: string | undefined
  readonly value: string
}

/** The routes of the search. @see https://docs.github.com/en/rest/search/search */
export const searchRoutes: Readonly<Record<string, RouteHandler<GitHubRecords>>> = {
  'GET /search/issues': ({ query, url, collections }) =>
    searched(query, url, collections.issues.all(), (issue, term) => issueHas(issue, term)),
  'GET /search/repositories': ({ query, url, collections }) =>
    searched(query, url, collections.repos.all(), (repo, term) => repoHas(repo, term)),
}

function searched<T extends { readonly id: number }>(
  query: URLSearchParams,
  url: URL,
  all: readonly T[],
  has: (item: T, term: Term) => boolean,
): Reply {
  const text = query.get('q') ?? ''
  if (text.trim() === '') return invalid('Search', 'q', 'missing_field')
  const terms = termsOf(text)
  const items = all.filter((item) => terms.every((term) => has(item, term) !== term.not)).toReversed()
  const size = Math.min(100, Number(query.get('per_page') ?? 30))
  if ((Number(query.get('page') ?? 1) - 1) * size >= mostResults) {
    return refuse(422, 'Only the first 1000 search results are available')
  }
  const cut = items.slice(0, mostResults)
  const page = found({ items: cut, url, idOf: ({ id }) => String(id), total: items.length })
  return 'json' in page ? { ...page, json: placed(page.json, 'incomplete_results', false) } : page
}

function termsOf(text: string): readonly Term[] {
  return [...text.matchAll(/(-?)(?:([a-z]+):)?("[^"]*"|\S+)/g)].map(([, not, qualifier, value = '']) => ({
    not: not === '-',
    qualifier,
    value: value.replaceAll('"', '').toLowerCase(),
  }))
}

function issueHas(issue: Issue, { qualifier, value }: Term): boolean {
  switch (qualifier) {
    case undefined:
      return `${issue.title} ${issue.body ?? ''}`.toLowerCase().includes(value)
    case 'repo':
      return repositoryOf(issue) === value
    case 'org':
    case 'user':
      return repositoryOf(issue).startsWith(`${value}/`)
    case 'state':
      return issue.state === value
    case 'is':
    case 'type':
      if (value === 'issue') return issue.pull_request === undefined
      return value === 'pr' ? issue.pull_request !== undefined : issue.state === value
    case 'label':
      return labelNames(issue).some((label) => label.toLowerCase() === value)
    case 'author':
      return issue.user?.login.toLowerCase() === value
    case 'assignee':
      return (issue.assignees ?? []).some(({ login }) => login.toLowerCase() === value)
    default:
      throw unknown(qualifier)
  }
}

function repoHas(repo: Repository, { qualifier, value }: Term): boolean {
  switch (qualifier) {
    case undefined:
      return `${repo.name} ${repo.description ?? ''}`.toLowerCase().includes(value)
    case 'repo':
      return repo.full_name.toLowerCase() === value
    case 'org':
    case 'user':
      return repo.owner.login.toLowerCase() === value
    case 'language':
      return (repo.language ?? '').toLowerCase() === value
    default:
      throw unknown(qualifier)
  }
}

/** `https://github.com/owner/repo/issues/1` is in `owner/repo`. */
function repositoryOf({ html_url }: Issue): string {
  return new URL(html_url).pathname.split('/').slice(1, 3).join('/').toLowerCase()
}

/** Found by text it would be, and wrongly. */
function unknown(qualifier: string): ConfigurationError {
  return new ConfigurationError(`The simulator's search does not know \`${qualifier}:\`.`)
}
