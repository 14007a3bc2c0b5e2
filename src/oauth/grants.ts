import { OAuthError, ReauthorizationRequiredError, type Grant, type GrantRequest, type TokenBundle } from 'hawser'
import { validateIdToken } from './id-token.ts'
import { boundTo, type Server } from './question.ts'
import type { Repeat } from './repeat.ts'
import { askForTokens, type Parameters } from './token-endpoint.ts'

/** A grant as data. */
export interface GrantFacts {
  /** What `describe()` shows. @default `grantType` */
  readonly kind?: string
  /** As it is sent, such as `client_credentials`. */
  readonly grantType: string
  readonly unattended: boolean
  /** @default 'refused' */
  readonly repeat?: Repeat
  /** What is granted where the answer does not say. */
  readonly scopes?: readonly string[] | undefined
  readonly parameters: (request: GrantRequest) => Parameters | Promise<Parameters>
  readonly validate?: (bundle: TokenBundle, request: GrantRequest) => Promise<void>
}

/** Makes a grant that asks one server's token endpoint. */
export function tokenGrant(server: Server, facts: GrantFacts): Grant {
  const { grantType, unattended, kind = grantType, repeat = 'refused', scopes, validate } = facts
  return {
    kind,
    unattended,
    async obtain(request) {
      const { name, runtime, deadline, clock, current } = request
      return askForTokens(server, {
        grantType,
        parameters: await facts.parameters(request),
        repeat,
        runtime,
        clock,
        deadline,
        scopes: scopes ?? current?.scopes,
        refreshed: unattended ? undefined : name,
        validate: validate && ((bundle) => validate(bundle, request)),
      })
    },
  }
}

/**
 * Refreshes the tokens of a user's connection. The refresh token is never changed for another within one refresh: what was sent
 * twice is the same.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function refreshTokenGrant(server: Server): Grant {
  return tokenGrant(server, {
    grantType: 'refresh_token',
    unattended: false,
    async parameters({ current }) {
      const { vendor } = server
      if (current?.refreshToken === undefined) {
        const message = 'There is no refresh token; the user has to allow it anew.'
        throw new ReauthorizationRequiredError(message, { vendor, because: 'no-refresh-token' })
      }
      // A public client's refresh token is bound to the key that it was given to. @see https://www.rfc-editor.org/rfc/rfc9449#section-5
      if (isPublic(server) && current.boundTo !== undefined && current.boundTo !== (await boundTo(server))) {
        const message = 'The refresh token is bound to another key or certificate than this program has.'
        throw new OAuthError(message, { failure: 'configuration', vendor })
      }
      return { refresh_token: current.refreshToken }
    },
    async validate({ main }, { current, runtime }) {
      if (main?.idToken === undefined || current?.scopes?.includes('openid') !== true) return
      await validateIdToken(server, main.idToken, { before: current.idToken, runtime })
    },
  })
}

function isPublic({ client }: Server): boolean {
  return client.secret === undefined && client.privateKey === undefined
}
