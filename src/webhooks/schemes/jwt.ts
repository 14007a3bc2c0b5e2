import { tokenEngine } from '../jwt.ts'
import { body, canonical, url } from '../parts.ts'
import type { JwtScheme } from '../scheme.ts'

// A JSON Web Token is sent along; what it covers are the parts whose digest it claims.

/**
 * `qsh` covers method, path and query. `values.basePath` is the path of the app's base URL, if it has one.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/
 */
export const atlassianConnect: JwtScheme = {
  kind: 'jwt',
  engine: tokenEngine,
  vendor: 'Atlassian Connect',
  algorithms: ['HS256'],
  token: { header: 'authorization', prefix: 'JWT ' },
  claims: [{ claim: 'qsh', sha256: [canonical], encoding: 'hex' }],
  requires: ['exp', 'iat'],
}
/** Installed and uninstalled callbacks. @see https://developer.atlassian.com/cloud/jira/platform/security-for-connect-apps/ */
export const atlassianLifecycle: JwtScheme = {
  ...atlassianConnect,
  algorithms: ['RS256'],
  audience: 'audience',
  keys: { pem: 'https://connect-install-keys.atlassian.com/' },
}
/** Also called Bird. @see https://developers.messagebird.com/api/#verifying-http-requests */
export const messagebird: JwtScheme = {
  kind: 'jwt',
  engine: tokenEngine,
  vendor: 'MessageBird',
  algorithms: ['HS256', 'HS384', 'HS512'],
  token: { header: 'messagebird-signature-jwt' },
  claims: [
    { claim: 'url_hash', sha256: [url], encoding: 'hex' },
    { claim: 'payload_hash', sha256: [body], encoding: 'hex', unlessEmpty: true },
  ],
  issuer: ['MessageBird'],
  requires: ['exp', 'jti'],
  leewaySeconds: 5,
}
/** Keys come from Plaid's API by `kid`: give them as JWKs, or look them up. @see https://plaid.com/docs/api/webhooks/webhook-verification/ */
export const plaid: JwtScheme = {
  kind: 'jwt',
  engine: tokenEngine,
  vendor: 'Plaid',
  algorithms: ['ES256'],
  token: { header: 'plaid-verification' },
  claims: [{ claim: 'request_body_sha256', sha256: [body], encoding: 'hex' }],
  requires: ['iat'],
  toleranceSeconds: 300,
}
/** An HMAC secret is text or bytes, a public key PEM, JWK or a key object. @see https://fusionauth.io/docs/extend/events-and-webhooks/signing */
export const fusionauth: JwtScheme = {
  kind: 'jwt',
  engine: tokenEngine,
  vendor: 'FusionAuth',
  algorithms: ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'HS256', 'HS384', 'HS512'],
  token: { header: 'x-fusionauth-signature-jwt' },
  claims: [{ claim: 'request_body_sha256', sha256: [body], encoding: 'base64' }],
  requires: [],
}
/**
 * Pub/Sub push, Gmail's too: the body is not covered. `values.audience` is the audience of the push subscription; without it
 * nothing is believed. Give `values.email`, the service account of the subscription, too: others can ask for your audience.
 *
 * @see https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
 */
export const googlePubsub: JwtScheme = {
  kind: 'jwt',
  engine: tokenEngine,
  vendor: 'Google Pub/Sub',
  algorithms: ['RS256'],
  token: { header: 'authorization', prefix: 'Bearer ' },
  claims: [],
  issuer: ['https://accounts.google.com', 'accounts.google.com'],
  audience: 'audience',
  email: 'email',
  requires: ['exp', 'iat'],
  keys: { jwks: 'https://www.googleapis.com/oauth2/v3/certs' },
}
