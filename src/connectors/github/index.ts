import {
  Connector,
  link,
  path,
  type Call,
  type CallOptions,
  type Pages,
  type Pagination,
  type RouteParameters,
  type VendorProfile,
} from 'hawser'
import { github } from './profile.ts'
import type {
  Comment,
  Issue,
  IssueChange,
  ListIssues,
  ListPulls,
  NewIssue,
  NewPull,
  PullRequest,
  Repository,
  RepositoryName,
  Search,
  User,
} from './types.ts'

export { github }
export type * from './types.ts'
export type * from './webhooks.ts'

// @see https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
const pages: Pagination = link()
const found: Pagination = link({ items: 'items' })
const perPage = 100

/** Names an issue or a pull request. */
type Numbered<Name extends string> = RepositoryName & { readonly [key in Name]: number }

/**
 * A client for GitHub's REST API.
 *
 * @see https://docs.github.com/en/rest
 */
export class GitHub extends Connector {
  static override readonly profile: VendorProfile = github

  readonly issues = {
    list: ({ owner, repo, ...query }: ListIssues): Pages<Issue> =>
      this.http.paginate<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues`, {
        query: { per_page: perPage, ...query },
        page: pages,
      }),
    get: ({ owner, repo, issue_number }: Numbered<'issue_number'>): Call<Issue> =>
      this.http.get<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}`),
    create: ({ owner, repo, ...json }: NewIssue): Call<Issue> =>
      this.http.post<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues`, { json }),
    update: ({ owner, repo, issue_number, ...json }: IssueChange): Call<Issue> =>
      this.http.patch<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}`, { json }),
    comments: ({ owner, repo, issue_number }: Numbered<'issue_number'>): Pages<Comment> =>
      this.http.paginate<Comment>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}/comments`, {
        query: { per_page: perPage },
        page: pages,
      }),
    comment: ({
      owner,
      repo,
      issue_number,
      body,
    }: Numbered<'issue_number'> & { readonly body: string }): Call<Comment> =>
      this.http.post<Comment>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}/comments`, {
        json: { body },
      }),
  }

  readonly pulls = {
    list: ({ owner, repo, ...query }: ListPulls): Pages<PullRequest> =>
      this.http.paginate<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls`, {
        query: { per_page: perPage, ...query },
        page: pages,
      }),
    get: ({ owner, repo, pull_number }: Numbered<'pull_number'>): Call<PullRequest> =>
      this.http.get<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls/${{ pull_number }}`),
    create: ({ owner, repo, ...json }: NewPull): Call<PullRequest> =>
      this.http.post<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls`, { json }),
  }

  readonly repos = {
    get: ({ owner, repo }: RepositoryName): Call<Repository> =>
      this.http.get<Repository>(path`/repos/${{ owner }}/${{ repo }}`),
    listForOrg: ({ org }: { readonly org: string }): Pages<Repository> =>
      this.http.paginate<Repository>(path`/orgs/${{ org }}/repos`, { query: { per_page: perPage }, page: pages }),
  }

  readonly users = {
    me: (): Call<User> => this.http.get<User>('/user'),
    get: ({ username }: { readonly username: string }): Call<User> => this.http.get<User>(path`/users/${{ username }}`),
  }

  readonly search = {
    /** Issues and pull requests. GitHub gives the first 1,000 of what it finds. */
    issues: ({ ...query }: Search): Pages<Issue> =>
      this.http.paginate<Issue>('/search/issues', { query: { per_page: perPage, ...query }, page: found }),
    repos: ({ ...query }: Search): Pages<Repository> =>
      this.http.paginate<Repository>('/search/repositories', { query: { per_page: perPage, ...query }, page: found }),
  }

  /** Calls any endpoint by its route, as GitHub's documentation writes it: `request('GET /repos/{owner}/{repo}', { owner, repo })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }
}
