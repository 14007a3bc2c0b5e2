import type { Comment, Issue, Label, PullRequest, Repository, User } from './types.ts'

/** Who did it. */
type Sender = Pick<User, 'id' | 'login'>

/** What every event of a repository holds; GitHub's description does not promise a sender in all of them. */
interface InRepository {
  readonly repository: Pick<Repository, 'id' | 'name' | 'full_name' | 'private' | 'html_url'> & {
    readonly owner: Sender
  }
  readonly sender?: Sender
  readonly organization?: { readonly id: number; readonly login: string }
  /** Where the webhook is an app's. */
  readonly installation?: { readonly id: number }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
export interface IssueEvent extends InRepository {
  readonly issue: Pick<Issue, 'id' | 'number' | 'title' | 'html_url' | 'created_at'> & {
    readonly state?: 'open' | 'closed'
    readonly body?: string | null
    readonly user: Sender | null
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment */
export interface IssueCommentEvent extends IssueEvent {
  readonly comment: Pick<Comment, 'id' | 'html_url' | 'created_at'> & {
    readonly body: string
    readonly user: Sender | null
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export interface PullRequestEvent extends InRepository {
  readonly number: number
  readonly pull_request: Pick<PullRequest, 'id' | 'number' | 'title' | 'state' | 'body' | 'html_url' | 'merged_at'> & {
    readonly user: Sender | null
    readonly draft?: boolean
    readonly head: { readonly ref: string; readonly sha: string }
    readonly base: { readonly ref: string; readonly sha: string }
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review */
export interface PullRequestReviewEvent extends InRepository {
  readonly pull_request: { readonly number: number; readonly title: string; readonly html_url: string }
  readonly review: {
    readonly id: number
    readonly state: string
    readonly body: string | null
    readonly html_url: string
    readonly user: Sender | null
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#push */
export interface PushEvent {
  /** Such as `refs/heads/main`. */
  readonly ref: string
  readonly before: string
  readonly after: string
  readonly created: boolean
  readonly deleted: boolean
  readonly forced: boolean
  readonly commits: readonly { readonly id: string; readonly message: string; readonly url: string }[]
  readonly repository: { readonly id: number; readonly name: string; readonly full_name: string }
  readonly sender?: Sender
  readonly installation?: { readonly id: number }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#release */
export interface ReleaseEvent extends InRepository {
  readonly release: {
    readonly id: number
    readonly tag_name: string
    readonly name: string | null
    readonly draft: boolean
    readonly prerelease: boolean
    readonly html_url: string
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run */
export interface WorkflowRunEvent extends InRepository {
  readonly workflow_run: {
    readonly id: number
    readonly name: string | null
    readonly event: string
    readonly status: string
    readonly conclusion: string | null
    readonly head_branch: string | null
    readonly head_sha: string
    readonly html_url: string
  }
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation */
export interface InstallationEvent {
  readonly installation: { readonly id: number; readonly app_slug?: string; readonly permissions: object }
  readonly repositories?: readonly { readonly id: number; readonly full_name: string }[]
  readonly sender: Sender
}

/** @see https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping */
export interface PingEvent {
  readonly zen?: string
  readonly hook_id?: number
}

/** An event heard with one action by `issues.opened`, and with all of them by `issues`. */
type Of<Name extends string, Action extends string, Payload> = {
  readonly [Key in Name]: Payload & { readonly action: Action }
} & { readonly [One in Action as `${Name}.${One}`]: Payload & { readonly action: One } }

type Written = 'created' | 'edited' | 'deleted'
type Labelled = { readonly label?: Label }

/**
 * The most used events by name, for `receiver<GitHubEvents>(sources.github, …)` of `hawser/webhooks`; `*` hears all.
 *
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export type GitHubEvents = Of<
  'issues',
  'opened' | 'edited' | 'closed' | 'reopened' | 'deleted' | 'assigned' | 'unassigned',
  IssueEvent
> &
  Pick<Of<'issues', 'labeled' | 'unlabeled', IssueEvent & Labelled>, 'issues.labeled' | 'issues.unlabeled'> &
  Of<'issue_comment', Written, IssueCommentEvent> &
  Of<
    'pull_request',
    | 'opened'
    | 'edited'
    | 'closed'
    | 'reopened'
    | 'synchronize'
    | 'ready_for_review'
    | 'converted_to_draft'
    | 'review_requested'
    | 'labeled'
    | 'unlabeled',
    PullRequestEvent
  > &
  Of<'pull_request_review', 'submitted' | 'edited' | 'dismissed', PullRequestReviewEvent> &
  Of<'release', Written | 'published' | 'unpublished' | 'prereleased' | 'released', ReleaseEvent> &
  Of<'workflow_run', 'requested' | 'in_progress' | 'completed', WorkflowRunEvent> &
  Of<
    'installation',
    'created' | 'deleted' | 'suspend' | 'unsuspend' | 'new_permissions_accepted',
    InstallationEvent
  > & { readonly push: PushEvent; readonly ping: PingEvent; readonly '*': object }
