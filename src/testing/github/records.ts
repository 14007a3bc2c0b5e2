import type { Comment, Issue, PullRequest, Repository, User } from 'hawser/github'
import type { Parents } from '../simulators/collection.ts'
import type { Input } from '../simulators/definition.ts'

/** What a simulated GitHub keeps. Issues and comments stand below their repository: `{ owner, repo }`. */
export interface GitHubRecords {
  readonly users: User
  readonly repos: Repository
  /** Issues, and the issue side of pull requests: both share one row of numbers. */
  readonly issues: Issue
  readonly pulls: PullRequest
  /** Below `{ owner, repo, issue_number }`. */
  readonly comments: Comment
}

const web = 'https://github.com'

/** GitHub's way to write a moment. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function newUser(login: string, sequence: number, type: 'User' | 'Organization' = 'User'): User {
  return {
    id: 1000 + sequence,
    login,
    type,
    html_url: `${web}/${login}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${1000 + sequence}`,
    site_admin: false,
    name: null,
    email: null,
    company: null,
    public_repos: 0,
    followers: 0,
    created_at: '2020-01-01T00:00:00Z',
  }
}

export function newRepository(owner: User, name: string, sequence: number, now: number): Repository {
  const at = timestamp(now)
  return {
    id: 1000 + sequence,
    name,
    full_name: `${owner.login}/${name}`,
    private: false,
    owner,
    html_url: `${web}/${owner.login}/${name}`,
    description: null,
    fork: false,
    archived: false,
    default_branch: 'main',
    language: null,
    stargazers_count: 0,
    open_issues_count: 0,
    created_at: at,
    updated_at: at,
    pushed_at: at,
  }
}

/** Makes an issue of what was sent. */
export function newIssue(input: Input, number: number, repo: Repository, user: User, now: number): Issue {
  const at = timestamp(now)
  return {
    id: repo.id * 1000 + number,
    number,
    title: String(input['title']),
    state: 'open',
    body: typeof input['body'] === 'string' ? input['body'] : null,
    user,
    labels: labelsOf(input['labels']),
    assignees: assigneesOf(input['assignees']),
    comments: 0,
    locked: false,
    html_url: `${repo.html_url}/issues/${number}`,
    created_at: at,
    updated_at: at,
    closed_at: null,
  }
}

/** Makes a pull request out of its issue. */
export function newPull(issue: Issue, input: Input): PullRequest {
  const { id, number, title, state, user, created_at, updated_at } = issue
  const branch = (name: unknown): { ref: string; sha: string } => ({
    ref: String(name).split(':').at(-1) ?? '',
    sha: number.toString(16).padStart(40, '0'),
  })
  return {
    id,
    number,
    title,
    state,
    draft: input['draft'] === true,
    body: issue.body ?? null,
    user,
    head: branch(input['head']),
    base: branch(input['base']),
    merged_at: null,
    html_url: issue.html_url.replace('/issues/', '/pull/'),
    created_at,
    updated_at,
  }
}

export function newComment(body: string, sequence: number, issue: Issue, user: User, now: number): Comment {
  const at = timestamp(now)
  const id = 1000 + sequence
  return { id, body, user, html_url: `${issue.html_url}#issuecomment-${id}`, created_at: at, updated_at: at }
}

/** GitHub takes labels by name, and as objects with a name. */
export function labelsOf(given: unknown): Issue['labels'] {
  if (!Array.isArray(given)) return []
  return given.map((label: unknown, at) => {
    const name = typeof label === 'object' && label !== null && 'name' in label ? label.name : label
    return { id: 1000 + at, name: String(name), color: 'ededed', description: null }
  })
}

export function assigneesOf(given: unknown): readonly User[] {
  return Array.isArray(given) ? given.map((login: unknown, at) => newUser(String(login), 500 + at)) : []
}

/** The names in an issue's labels. */
export function labelNames({ labels }: Issue): readonly string[] {
  return labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')))
}

/** Names a repository as records below it are kept. */
export function below({ owner, repo }: { readonly owner?: string; readonly repo?: string }): Parents {
  return { owner: owner ?? '', repo: repo ?? '' }
}
