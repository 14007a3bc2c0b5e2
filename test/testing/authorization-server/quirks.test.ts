import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { quirks } from 'hawser/testing'
import { look, type Seen } from './strict-client.ts'

const fine: Seen = {
  code: 'ok 3600s +refresh',
  refresh: 'ok 3600s +refresh',
  refused: 'RESPONSE_BODY_ERROR: invalid_grant',
  revoked: 'ok',
}
const tokens = (outcome: string): Pick<Seen, 'code' | 'refresh'> => ({ code: outcome, refresh: outcome })
const invalid = (member: string, problem: string): string =>
  `INVALID_RESPONSE: "response" body "${member}" property must ${problem}`
const noToken = invalid('access_token', 'be a string')
const noType = invalid('token_type', 'be a string')

/** What a client that keeps to the RFCs makes of each preset; what is not said is fine. */
const seen: Record<keyof typeof quirks, Partial<Seen>> = {
  expiresInText: {},
  expiresInWithUnit: {},
  expiresInMissing: tokens('ok undefineds +refresh'),
  expiresInNull: tokens(invalid('expires_in', 'be a number')),
  expiresInEmpty: tokens(invalid('expires_in', 'be a number')),
  expiresInNegative: tokens(invalid('expires_in', 'be a non-negative number')),
  // It believes that the token has expired, where it never does.
  expiresInZero: tokens('ok 0s +refresh'),
  // It believes that the token lives a thousand times longer.
  expiresInMilliseconds: tokens('ok 3600000s +refresh'),
  scopeNull: tokens(invalid('scope', 'be a string')),
  scopeList: tokens(invalid('scope', 'be a string')),
  scopeCommas: {},
  tokenTypeMissing: tokens(noType),
  tokenTypeOdd: tokens('UNSUPPORTED_OPERATION: unsupported `token_type` value'),
  refreshTokenNull: tokens(invalid('refresh_token', 'be a string')),
  refreshTokenEmpty: tokens(invalid('refresh_token', 'not be empty')),
  refreshTokenKept: { refresh: 'ok 3600s' },
  nestedAnswer: tokens(noToken),
  createdStatus: tokens('RESPONSE_IS_NOT_CONFORM'),
  htmlContentType: {},
  // It asks for JSON and gets it; whoever does not is shown below.
  formAnswer: {},
  // A refresh too: the refresh token is rotated, and the new one is lost with the answer.
  idTokenForeignIssuer: tokens('JWT_CLAIM_COMPARISON_FAILED: unexpected JWT "iss" (issuer) claim value'),
  idTokenUnparsable: tokens('PARSE_ERROR: failed to parse JWT Header body as base64url encoded JSON'),
  idTokenEmpty: tokens(invalid('id_token', 'not be empty')),
  // The code of the refusal is lost.
  refusalWithSuccess: { refused: noToken },
  refusalNotOk: { refused: noToken },
  refusalAsText: { refused: 'RESPONSE_IS_NOT_JSON' },
  refusalWithoutType: { refused: 'RESPONSE_IS_NOT_JSON' },
  refusalWithChallenge: { refused: 'WWW_AUTHENTICATE_CHALLENGE' },
  refusalObject: { refused: 'RESPONSE_IS_NOT_CONFORM' },
  revocationNoContent: { revoked: 'RESPONSE_IS_NOT_CONFORM' },

  jsonRequests: { ...tokens('RESPONSE_BODY_ERROR: invalid_request'), refused: 'RESPONSE_BODY_ERROR: invalid_request' },
  queryRequests: { ...tokens('RESPONSE_BODY_ERROR: invalid_request'), refused: 'RESPONSE_BODY_ERROR: invalid_request' },
  getRequests: { ...tokens('RESPONSE_BODY_ERROR: invalid_request'), refused: 'RESPONSE_BODY_ERROR: invalid_request' },
  xmlRequests: { ...tokens('RESPONSE_BODY_ERROR: invalid_request'), refused: 'RESPONSE_BODY_ERROR: invalid_request' },
  // This secret is the same when encoded; one that is not is shown below.
  rawBasic: {},
  basicOnly: {},
  renamedParameters: {
    code: 'no redirect',
    refresh: 'RESPONSE_BODY_ERROR: invalid_client',
    refused: 'RESPONSE_BODY_ERROR: invalid_client',
  },
  renamedCode: { code: 'INVALID_RESPONSE: no authorization code in "callbackParameters"' },
  commaScopes: tokens('ok undefineds'),
  plusScopes: {},
  refreshElsewhere: {
    refresh: 'RESPONSE_BODY_ERROR: unsupported_grant_type',
    refused: 'RESPONSE_BODY_ERROR: unsupported_grant_type',
  },
  noPkce: {},
  offlineScope: {},

  salesforce: { code: 'ok undefineds +refresh', refresh: 'ok undefineds' },
  mailchimp: tokens(noType),
  shopify: tokens(noType),
  notion: { ...tokens('RESPONSE_BODY_ERROR: invalid_request'), refused: 'RESPONSE_BODY_ERROR: invalid_request' },
  fiserv: tokens('ok 3600000s +refresh'),
  crowdstrike: { ...tokens('RESPONSE_IS_NOT_CONFORM'), refused: 'RESPONSE_IS_NOT_CONFORM' },
  amazonSellers: { code: 'no redirect', refresh: 'ok 3600s' },
  microsoftV1: { refresh: 'ok 3600s' },
  entra: tokens('JWT_CLAIM_COMPARISON_FAILED: unexpected JWT "iss" (issuer) claim value'),
  github: { ...tokens('ok 28800s +refresh'), refused: noToken },
  linkedin: tokens(noType),
  twitch: {
    ...tokens(invalid('scope', 'be a string')),
    refused: 'RESPONSE_BODY_ERROR: Bad Request',
  },
  tiktok: { code: 'no redirect', refresh: noToken, refused: noToken },
  facebook: {
    code: 'RESPONSE_IS_NOT_CONFORM',
    refresh: 'RESPONSE_IS_NOT_CONFORM',
    refused: 'RESPONSE_IS_NOT_CONFORM',
  },
  google: { refresh: 'ok 3600s' },
  wechat: { code: 'no redirect', refresh: noToken, refused: noToken },
  xero: tokens('ok 1800s +refresh'),
  atlassian: {},
  auth0: tokens('ok 86400s +refresh'),
  okta: {},
  gitlab: tokens('ok 7200s +refresh'),
  slack: { ...tokens('UNSUPPORTED_OPERATION: unsupported `token_type` value'), refused: noToken },
  slackUser: {
    code: noToken,
    refresh: 'UNSUPPORTED_OPERATION: unsupported `token_type` value',
    refused: noToken,
  },
}

it.each(Object.entries(seen))('shows a strict client %s', async (name, expected) => {
  const quirk = Object.entries(quirks).find(([known]) => known === name)?.[1]
  if (!quirk) throw new Error('There is no such preset.')
  expect(quirk.see).toMatch(/^https:\/\//)
  expect(await look(quirk)).toEqual({ ...fine, ...expected })
})

it('lists every preset in the documentation', () => {
  const page = readFileSync(new URL('../../../docs/testing-oauth.md', import.meta.url), 'utf8')
  expect(Object.keys(quirks).filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
