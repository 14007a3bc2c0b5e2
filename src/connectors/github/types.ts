/** @see https://docs.github.com/en/rest/users/users#get-a-user */
export interface User {
  readonly id: number
  readonly login: string
  readonly type: string
  readonly html_url: string
  readonly avatar_url: string
  readonly site_admin: boolean
  readonly name?: string | null
  readonly email?: string | null
  readonly company?: string | null
  readonly public_repos?: number
  readonly followers?: number
  readonly created_at?: string
}

/** @see https://docs.github.com/en/rest/repos/repos#get-a-repository */
export interface Repository {
  readonly id: number
  readonly name: string
  readonly full_name: string
  readonly private: boolean
  readonly owner: User
  readonly html_url: string
  readonly description: string | null
  readonly fork: boolean
  readonly archived?: boolean
  readonly default_branch?: string
  readonly language?: string | null
  readonly stargazers_count?: number
  readonly open_issues_count?: number
  readonly created_at?: string | null
  readonly updated_at?: string | null
  readonly pushed_at?: string | null
}

/** @see https://docs.github.com/en/rest/issues/labels */
export interface Label {
  readonly id?: number
  readonly name?: string
  readonly color?: string | null
  readonly description?: string | null
}

/** A pull request is an issue too; it then has `pull_request`. @see https://docs.github.com/en/rest/issues/issues */
export interface Issue {
  readonly id: number
  readonly number: number
  readonly title: string
  readonly state: 'open' | 'closed'
  readonly body?: string | null
  readonly user: User | null
  readonly labels: readonly (Label | string)[]
  readonly assignees?: readonly User[] | null
  readonly comments: number
  readonly locked: boolean
  readonly html_url: string
  readonly pull_request?: { readonly url: string | null }
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at: string | null
}

/** @see https://docs.github.com/en/rest/issues/comments */
export interface Comment {
  readonly id: number
  readonly body?: string
  readonly user: User | null
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
}

/** @see https://docs.github.com/en/rest/pulls/pulls */
export interface PullRequest {
  readonly id: number
  readonly number: number
  readonly title: string
  readonly state: 'open' | 'closed'
  readonly draft?: boolean
  readonly body: string | null
  readonly user: User | null
  readonly head: { readonly ref: string; readonly sha: string }
  readonly base: { readonly ref: string; readonly sha: string }
  readonly merged_at: string | null
  readonly html_url: string
  readonly created_at: string
  readonly updated_at: string
}

/** Names a repository. */
export interface RepositoryName {
  readonly owner: string
  readonly repo: string
}

/** @see https://docs.github.com/en/rest/issues/issues#list-repository-issues */
export interface ListIssues extends RepositoryName {
  readonly state?: 'open' | 'closed' | 'all'
  readonly labels?: string
  readonly assignee?: string
  readonly creator?: string
  readonly since?: string
  readonly sort?: 'created' | 'updated' | 'comments'
  readonly direction?: 'asc' | 'desc'
  /** At most 100, which is also what is asked for where nothing is said. */
  readonly per_page?: number
}

/** @see https://docs.github.com/en/rest/issues/issues#create-an-issue */
export interface NewIssue extends RepositoryName {
  readonly title: string
  readonly body?: string
  readonly labels?: readonly string[]
  readonly assignees?: readonly string[]
  readonly milestone?: number
}

/** @see https://docs.github.com/en/rest/issues/issues#update-an-issue */
export interface IssueChange extends RepositoryName {
  readonly issue_number: number
  readonly title?: string
  readonly body?: string
  readonly state?: 'open' | 'closed'
  readonly state_reason?: 'completed' | 'not_planned' | 'reopened' | 'duplicate'
  readonly labels?: readonly string[]
  readonly assignees?: readonly string[]
}

/** @see https://docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export interface ListPulls extends RepositoryName {
  readonly state?: 'open' | 'closed' | 'all'
  readonly head?: string
  readonly base?: string
  readonly sort?: 'created' | 'updated' | 'popularity' | 'long-running'
  readonly direction?: 'asc' | 'desc'
  readonly per_page?: number
}

/** @see https://docs.github.com/en/rest/pulls/pulls#create-a-pull-request */
export interface NewPull extends RepositoryName {
  readonly title: string
  readonly head: string
  readonly base: string
  readonly body?: string
  readonly draft?: boolean
}

/** @see https://docs.github.com/en/rest/search/search */
export interface Search {
  /** In GitHub's search syntax: `repo:honojs/hono is:open label:bug`. */
  readonly q: string
  readonly sort?: string
  readonly order?: 'asc' | 'desc'
  readonly per_page?: number
}
