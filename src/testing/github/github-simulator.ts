import { checkOptions } from 'hawser'
import { github } from 'hawser/github'
import type { Repository, User } from 'hawser/github'
import { sources } from 'hawser/webhooks'
import { defineSimulator } from '../simulators/define-simulator.ts'
import type { RouteHandler, RouteRequest, SimulatorOptions, VendorSimulator } from '../simulators/definition.ts'
import { linkPages } from '../simulators/pages.ts'
import { githubError, notAuthenticated, notFound } from './errors.ts'
import { issueRoutes, type Ground } from './issues.ts'
import { githubQuota, rateLimit } from './quota.ts'
import { newRepository, newUser, type GitHubRecords } from './records.ts'
import { searchRoutes } from './search.ts'

/** Options of {@link githubSimulator}. */
export interface GitHubSimulatorOptions extends SimulatorOptions {
  /** The repositories that exist, as `owner/repo`. @default whichever is asked for */
  readonly repos?: readonly string[]
  /** Who asks with a credential. @default 'octocat' */
  readonly login?: string
}

/**
 * Simulates GitHub's REST API, as far as `hawser/github` has methods for it: issues, pull requests, comments, repositories,
 * users and search, with its pages, errors and limits.
 *
 * @throws {ConfigurationError} where an option is unknown
 * @see https://docs.github.com/en/rest
 */
export function githubSimulator(options: GitHubSimulatorOptions = {}): VendorSimulator<GitHubRecords> {
  checkOptions('githubSimulator', options, ['repos', 'login', 'quota'])
  const { repos, login = 'octocat', ...rest } = options
  const ground = groundOf(login, repos === undefined)
  const simulator = defineSimulator<GitHubRecords>({
    profile: github,
    collections: {
      users: { id: 'login' },
      repos: { id: 'full_name' },
      issues: { id: 'number' },
      pulls: { id: 'number' },
      comments: { id: 'id' },
    },
    routes: { 'GET /rate_limit': rateLimit, ...issueRoutes(ground), ...repositoryRoutes(ground), ...searchRoutes },
    errors: githubError,
    headers: { 'x-github-media-type': 'github.v3; format=json' },
    quota: githubQuota,
    webhooks: sources.github,
  })(rest)
  for (const [at, name] of (repos ?? []).entries()) {
    const [owner = '', repo = ''] = name.split('/')
    const { users } = simulator.collections
    const by = users.get(owner) ?? users.insert(newUser(owner, at))
    simulator.collections.repos.insert(newRepository(by, repo, at, 0))
  }
  return simulator
}

type Asked = RouteRequest<GitHubRecords>

/** `open`: whoever and whatever is asked for is there. */
function groundOf(login: string, open: boolean): Ground & { user: (asked: Asked, name: string) => User | undefined } {
  const user = ({ collections, sequence }: Asked, name: string): User | undefined =>
    collections.users.get(name) ??
    (open || name === login ? collections.users.insert(newUser(name, sequence)) : undefined)

  return {
    user,
    caller: (asked) => (asked.headers['authorization'] === undefined ? undefined : user(asked, login)),
    repository(asked): Repository | undefined {
      const { owner = '', repo = '' } = asked.params
      const known = asked.collections.repos.get(`${owner}/${repo}`)
      const by = known || !open ? undefined : user(asked, owner)
      return by ? asked.collections.repos.insert(newRepository(by, repo, asked.sequence, asked.now)) : known
    },
  }
}

function repositoryRoutes({
  repository,
  caller,
  user,
}: ReturnType<typeof groundOf>): Readonly<Record<string, RouteHandler<GitHubRecords>>> {
  const pages = linkPages()
  return {
    'GET /repos/{owner}/{repo}': (asked) => {
      const found = repository(asked)
      return found ? { json: found } : notFound
    },
    'GET /orgs/{org}/repos': (asked) => {
      const { org = '' } = asked.params
      if (!user(asked, org)) return notFound
      const items = asked.collections.repos.all().filter(({ owner }) => owner.login === org)
      return pages({ items, url: asked.url, idOf: ({ id }) => String(id) })
    },
    'GET /user': (asked) => {
      const found = caller(asked)
      return found ? { json: found } : notAuthenticated
    },
    'GET /users/{username}': (asked) => {
      const found = user(asked, asked.params['username'] ?? '')
      return found ? { json: found } : notFound
    },
  }
}
