import {
  Connector,
  graphqlConnection,
  link,
  path,
  type Call,
  type CallOptions,
  type Fields,
  type Pages,
  type Pagination,
  type PathTemplate,
  type PlainOptions,
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

/** What GraphQL answers with. */
type Data<T> = { readonly data: T }

/** Names an issue or a pull request. */
type Numbered<Name extends string> = RepositoryName & { readonly [key in Name]: number }
type NewComment = Numbered<'issue_number'> & { readonly body: string }

/**
 * A client for GitHub's REST API. Every method takes the options of a call last.
 *
 * @see https://docs.github.com/en/rest
 */
export class GitHub extends Connector {
  static override readonly profile: VendorProfile = github

  readonly issues = {
    list: ({ owner, repo, ...query }: ListIssues, options?: PlainOptions): Pages<Issue> =>
      this.#pages<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues`, query, options),
    get: ({ owner, repo, issue_number }: Numbered<'issue_number'>, options?: PlainOptions): Call<Issue> =>
      this.http.get<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}`, options),
    create: ({ owner, repo, ...json }: NewIssue, options?: PlainOptions): Call<Issue> =>
      this.http.post<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues`, { ...options, json }),
    update: ({ owner, repo, issue_number, ...json }: IssueChange, options?: PlainOptions): Call<Issue> =>
      this.http.patch<Issue>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}`, { ...options, json }),
    comments: ({ owner, repo, issue_number }: Numbered<'issue_number'>, options?: PlainOptions): Pages<Comment> =>
      this.#pages<Comment>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}/comments`, {}, options),
    comment: ({ owner, repo, issue_number, ...json }: NewComment, options?: PlainOptions): Call<Comment> =>
      this.http.post<Comment>(path`/repos/${{ owner }}/${{ repo }}/issues/${{ issue_number }}/comments`, {
        ...options,
        json,
      }),
  }

  readonly pulls = {
    list: ({ owner, repo, ...query }: ListPulls, options?: PlainOptions): Pages<PullRequest> =>
      this.#pages<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls`, query, options),
    get: ({ owner, repo, pull_number }: Numbered<'pull_number'>, options?: PlainOptions): Call<PullRequest> =>
      this.http.get<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls/${{ pull_number }}`, options),
    create: ({ owner, repo, ...json }: NewPull, options?: PlainOptions): Call<PullRequest> =>
      this.http.post<PullRequest>(path`/repos/${{ owner }}/${{ repo }}/pulls`, { ...options, json }),
  }

  readonly repos = {
    get: ({ owner, repo }: RepositoryName, options?: PlainOptions): Call<Repository> =>
      this.http.get<Repository>(path`/repos/${{ owner }}/${{ repo }}`, options),
    listForOrg: ({ org }: { readonly org: string }, options?: PlainOptions): Pages<Repository> =>
      this.#pages<Repository>(path`/orgs/${{ org }}/repos`, {}, options),
  }

  readonly users = {
    me: (options?: PlainOptions): Call<User> => this.http.get<User>('/user', options),
    get: ({ username }: { readonly username: string }, options?: PlainOptions): Call<User> =>
      this.http.get<User>(path`/users/${{ username }}`, options),
  }

  readonly search = {
    /** Issues and pull requests. GitHub gives the first 1,000 of what it finds. */
    issues: ({ ...query }: Search, options?: PlainOptions): Pages<Issue> =>
      this.#pages<Issue>('/search/issues', query, options, found),
    repos: ({ ...query }: Search, options?: PlainOptions): Pages<Repository> =>
      this.#pages<Repository>('/search/repositories', query, options, found),
  }

  /** What GitHub's GraphQL has and REST has not. An answer with `errors` is an error. @see https://docs.github.com/en/graphql */
  readonly graphql = {
    /** May be sent again, so it is not for mutations. With `rateLimit { cost }` in it, the quota counts what it cost. */
    query: <T>(query: string, variables: object = {}, options?: PlainOptions): Call<Data<T>> =>
      this.http.post<Data<T>>('/graphql', { ...options, json: { query, variables }, idempotent: true }),
    mutate: <T>(query: string, variables: object = {}, options?: PlainOptions): Call<Data<T>> =>
      this.http.post<Data<T>>('/graphql', { ...options, json: { query, variables } }),
    /**
     * Lists the `nodes` of a connection: `query` takes `$after`, and `root` is where it is below `data`.
     *
     * @see https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
     */
    list: <T>(query: string, root: string, variables: object = {}, options?: PlainOptions): Pages<T> =>
      this.http.paginate<T>('/graphql', { ...options, json: { query, variables }, page: graphqlConnection({ root }) }),
  }

  /** Calls any endpoint by its route, as GitHub's documentation writes it: `request('GET /repos/{owner}/{repo}', { owner, repo })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }

  #pages<T>(
    target: string | PathTemplate,
    query: Fields,
    options: PlainOptions | undefined,
    page: Pagination = pages,
  ): Pages<T> {
    const { per_page = perPage, ...others } = query
    return this.http.paginate<T>(target, { ...options, query: { per_page, ...others }, page })
  }
}
