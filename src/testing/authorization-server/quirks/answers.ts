/** One deviation each, in what the token endpoint answers. Which vendors have it is said where one is known for it. */
import { standardAnswer as standard } from '../dialect.ts'
import type { Quirk } from '../quirk.ts'

const rfc = 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1'
const rfcError = 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2'

/** `expires_in: "3600"`, a text. */
export const expiresInText: Quirk = { see: rfc, answer: { body: { ...standard, expires_in: '{expires_in_text}' } } }

/** `expires_in: "3600s"`. */
export const expiresInWithUnit: Quirk = {
  see: rfc,
  answer: { body: { ...standard, expires_in: '{expires_in_text}s' } },
}

/** No `expires_in`, although the token expires. */
export const expiresInMissing: Quirk = { see: rfc, answer: { body: without('expires_in') } }

/** `expires_in: null`. */
export const expiresInNull: Quirk = { see: rfc, answer: { body: { ...standard, expires_in: null } } }

/** `expires_in: ""`. */
export const expiresInEmpty: Quirk = { see: rfc, answer: { body: { ...standard, expires_in: '' } } }

/** `expires_in: -1`, for a token that never expires. */
export const expiresInNegative: Quirk = {
  see: rfc,
  accessTokenMs: Number.POSITIVE_INFINITY,
  answer: { body: { ...standard, expires_in: -1 } },
}

/** `expires_in: 0`, for a token that never expires. */
export const expiresInZero: Quirk = {
  see: rfc,
  accessTokenMs: Number.POSITIVE_INFINITY,
  answer: { body: { ...standard, expires_in: 0 } },
}

/** `expires_in: 3600000`, in milliseconds. */
export const expiresInMilliseconds: Quirk = {
  see: rfc,
  answer: { body: { ...standard, expires_in: '{expires_in_ms}' } },
}

/** `scope: null`. */
export const scopeNull: Quirk = { see: rfc, answer: { body: { ...standard, scope: null } } }

/** `scope: ["read", "write"]`. */
export const scopeList: Quirk = { see: rfc, answer: { body: { ...standard, scope: '{scope_list}' } } }

/** `scope: "read,write"`. */
export const scopeCommas: Quirk = { see: rfc, answer: { body: { ...standard, scope: '{scope_commas}' } } }

/** No `token_type`. @see https://github.com/panva/openid-client/issues/826 */
export const tokenTypeMissing: Quirk = { see: rfc, answer: { body: without('token_type') } }

/** `token_type: "user"`, which is nothing to send in `Authorization`. */
export const tokenTypeOdd: Quirk = { see: rfc, answer: { tokenType: 'user' } }

/** `refresh_token: null`. */
export const refreshTokenNull: Quirk = { see: rfc, answer: { body: { ...standard, refresh_token: null } } }

/** `refresh_token: ""`. */
export const refreshTokenEmpty: Quirk = { see: rfc, answer: { body: { ...standard, refresh_token: '' } } }

/** A refresh gives no new refresh token: the old one stays. */
export const refreshTokenKept: Quirk = { see: 'https://www.rfc-editor.org/rfc/rfc6749#section-6', rotation: 'reusable' }

/** Tokens under `data`. */
export const nestedAnswer: Quirk = { see: rfc, answer: { body: { data: standard, message: 'success' } } }

/** Status 201. @see https://github.com/panva/openid-client/issues/666 */
export const createdStatus: Quirk = { see: rfc, answer: { status: 201 } }

/** JSON that calls itself HTML. */
export const htmlContentType: Quirk = { see: rfc, answer: { type: 'text/html; charset=utf-8' } }

/** A form, unless the request's `Accept` names JSON. */
export const formAnswer: Quirk = {
  see: rfc,
  answer: { format: 'form-unless-json' },
  refusal: { format: 'form-unless-json' },
}

/** An id token whose `iss` is not the issuer. */
export const idTokenForeignIssuer: Quirk = {
  see: 'https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation',
  answer: { idTokenIssuer: 'https://elsewhere.test/tenant' },
}

/** An id token that is none, given to everyone. */
export const idTokenUnparsable: Quirk = { see: rfc, answer: { body: { ...standard, id_token: 'not.a.token' } } }

/** An id token that is empty, given to everyone. */
export const idTokenEmpty: Quirk = { see: rfc, answer: { body: { ...standard, id_token: '' } } }

/** A refusal with status 200. */
export const refusalWithSuccess: Quirk = { see: rfcError, refusal: { status: 200 } }

/** A refusal with status 200 and `ok: false`. */
export const refusalNotOk: Quirk = { see: rfcError, refusal: { status: 200, body: { ok: false, error: '{error}' } } }

/** A refusal whose JSON calls itself text. */
export const refusalAsText: Quirk = { see: rfcError, refusal: { type: 'text/plain' } }

/** A refusal without a content type. */
export const refusalWithoutType: Quirk = { see: rfcError, refusal: { type: null } }

/** A refusal with `WWW-Authenticate`, as if the request lacked a token. */
export const refusalWithChallenge: Quirk = {
  see: rfcError,
  refusal: { status: 401, challenge: 'Bearer error="invalid_token", error_description="{error_description}"' },
}

/** A refusal whose `error` is an object. */
export const refusalObject: Quirk = {
  see: rfcError,
  refusal: { body: { error: { code: '{error}', message: '{error_description}' } } },
}

/** A revocation that is answered with 204. @see https://github.com/panva/openid-client/issues/482 */
export const revocationNoContent: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc7009#section-2.2',
  revocationStatus: 204,
}

function without(member: string): typeof standard {
  return Object.fromEntries(Object.entries(standard).filter(([name]) => name !== member))
}
