import {
  ConfigurationError,
  axiosTransport,
  checkOptions,
  tokenCredential,
  tokenSource,
  type Credential,
  type Grant,
  type OAuthVendor,
  type TokenStore,
  type Transport,
} from 'hawser'
import type { PrivateKey } from 'hawser/signing'
import { secureUrl } from '../addresses.ts'
import { controlPlane } from '../control-plane.ts'
import { unanswered, type FailurePlace } from '../failures.ts'
import { signJwtAt, type JwtFacts } from '../jwt.ts'
import { heardIn } from '../question.ts'
import { jwtFacts, selfSignedJwt, type SelfSignedJwtOptions } from '../self-signed-jwt.ts'
import { sentSecrets } from '../sent-secrets.ts'
import { tokenAnswer } from '../token-answer.ts'

/** Options of {@link githubApp}. */
export interface GithubAppOptions {
  /** The app's client id, or its number. */
  readonly appId: string | number
  /** As GitHub made it for the app. */
  readonly privateKey: PrivateKey
  /** Whose repositories. @default none: asks as the app itself, which sees its own settings and installations */
  readonly installationId?: number
  /** What the tokens may do, such as `{ contents: 'read' }`. @default all that the installation allows */
  readonly permissions?: Readonly<Record<string, string>>
  /** The repositories that the tokens are for. @default all of the installation's */
  readonly repositoryIds?: readonly number[]
  /** @default 'https://api.github.com' */
  readonly baseUrl?: string
  /** @default `axiosTransport()` */
  readonly transport?: Transport
  /** Shared by all processes, it spares each of them tokens of its own. @default in memory */
  readonly store?: TokenStore
}

const optionNames: readonly (keyof GithubAppOptions)[] = [
  'appId',
  'privateKey',
  'installationId',
  'permissions',
  'repositoryIds',
  'baseUrl',
  'transport',
  'store',
]

// It takes ten minutes at most, and recommends to date back by one.
// @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
const times = { lifetimeSeconds: 540, backdateSeconds: 60 }

// @see https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
const answers: OAuthVendor = {
  tokens: { main: { accessToken: 'token', expiresIn: 'expires_at' } },
  expiry: { unit: 'iso-8601' },
}

/**
 * Asks GitHub as an app: with the tokens of one installation, which it makes for an hour each, or as the app itself.
 *
 * @throws {ConfigurationError} where an option is unknown, or the key cannot be read
 */
export function githubApp(options: GithubAppOptions): Credential {
  checkOptions('githubApp', options, optionNames)
  const { appId, privateKey, installationId, store } = options
  // A variable that is not set becomes `undefined`, or no number.
  const named = typeof appId === 'string' ? /^[\w.-]+$/.test(appId) : Number.isSafeInteger(appId)
  if (!named || !/^\d+$/.test(String(installationId ?? 0))) {
    throw new ConfigurationError('`appId` is the app’s client id or number, and `installationId` a number.')
  }
  const signing: SelfSignedJwtOptions = { privateKey, algorithm: 'RS256', claims: { iss: String(appId) }, ...times }
  if (installationId === undefined) return selfSignedJwt({ ...signing, connection: `app ${appId}` })
  const { baseUrl = 'https://api.github.com' } = options
  const connection = `app ${appId}, installation ${installationId}`
  // The host stands in the key: the same numbers on two servers are two installations.
  const key = ['github-app', new URL(secureUrl('baseUrl', baseUrl)).host, appId, installationId, shareOf(options)]
  const source = tokenSource({
    connection,
    grant: installationGrant(jwtFacts(signing), { ...options, baseUrl }),
    key: key.map((part) => encodeURIComponent(part)).join('/'),
    ...(store && { store }),
  })
  return tokenCredential(source)
}

function installationGrant(facts: JwtFacts, options: GithubAppOptions): Grant {
  const { installationId, permissions, repositoryIds, baseUrl, transport = axiosTransport() } = options
  const plane = controlPlane({ transport })
  const operation = 'POST /app/installations/{installation_id}/access_tokens'
  const body = JSON.stringify({ permissions, repository_ids: repositoryIds })
  return {
    kind: 'installation token',
    unattended: true,
    async obtain({ runtime, clock, deadline }) {
      const secrets = sentSecrets()
      const place: FailurePlace = { vendor: 'github', operation, redact: secrets.redact }
      const url = `${baseUrl}/app/installations/${installationId}/access_tokens`
      const askedAt = runtime.now()
      const request = async (): Promise<{
        method: string
        url: string
        headers: Record<string, string>
        body: string
      }> => {
        const headers = {
          accept: 'application/vnd.github+json',
          'content-type': 'application/json',
          'user-agent': 'hawser',
          authorization: `Bearer ${await signJwtAt(facts, runtime.now() + clock.ms)}`,
        }
        secrets.note(new URLSearchParams(), headers)
        return { method: 'POST', url, headers, body }
      }
      try {
        // Nothing is lost with an answer: the next token is as good.
        const response = await plane({ operation, repeat: 'always', runtime, clock, deadline, request })
        const heard = heardIn(response, { oauth: answers, place, askedAt, now: runtime.now() })
        return tokenAnswer(heard, { oauth: answers, clock })
      } catch (error) {
        throw unanswered(error, place)
      }
    },
  }
}

/** Tokens for some of the repositories must not be taken for those of all. */
function shareOf({ permissions, repositoryIds }: GithubAppOptions): string {
  const allowed = Object.entries(permissions ?? {}).map((pair) => pair.join('='))
  return [...allowed.toSorted(), ...(repositoryIds ?? []).toSorted((one, other) => one - other)].join(',')
}
