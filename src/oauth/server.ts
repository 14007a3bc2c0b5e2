import { createHash, X509Certificate } from 'node:crypto'
import {
  ConfigurationError,
  axiosTransport,
  fillTenant,
  type OAuthVendor,
  type Runtime,
  type Tenant,
  type Transport,
  type VendorProfile,
} from 'hawser'
import { privateKey as readPrivateKey, type PrivateKey } from 'hawser/signing'
import { describedAddresses, secureUrl, type Addresses } from './addresses.ts'
import { proveClient, type ClientSecret } from './client-authentication.ts'
import { controlPlane } from './control-plane.ts'
import { discover, discoveredAddresses } from './discovery.ts'
import { dpopProofs, type Dpop } from './dpop.ts'
import { keySet } from './key-set.ts'
import { kept } from './kept.ts'
import type { Server } from './question.ts'

/** A certificate to show to the server, as PEM. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: string
  /** Who is believed about the server's own certificate. @default whom Node believes */
  readonly ca?: string
}

/** Who this program is to an authorization server, and how it is reached. */
export interface ServerOptions {
  /** A profile with `oauth` in it. */
  readonly profile: Pick<VendorProfile, 'name' | 'oauth' | 'tenant' | 'hosts'>
  /** Laid over the profile's: another host's addresses, a test server's. */
  readonly oauth?: OAuthVendor
  /** What stands in the vendor's addresses as `{name}`. */
  readonly tenant?: Tenant
  readonly clientId: string
  /** Text, or a function that makes the present one, such as `appleClientSecret({…})`. */
  readonly clientSecret?: ClientSecret
  /** The one before it, while it is changed: callbacks may be signed with either. Nothing is sent with it. */
  readonly oldClientSecret?: string
  /** Signs the client's assertions. */
  readonly privateKey?: PrivateKey
  /** Names that key. */
  readonly keyId?: string
  /** What that key signs with. @default RS256, ES256 … by its kind */
  readonly algorithm?: string
  /** For `clientAuthentication: 'mtls'`, and for tokens that are bound to a certificate. */
  readonly tls?: ClientCertificate
  /** Binds tokens to a key: to one of the process's own, which ends with it, or to the one given. @default false */
  readonly dpop?: boolean | PrivateKey
  /** @default `axiosTransport()`, with `tls` where it is given */
  readonly transport?: Transport
  /** How long one attempt may take. Milliseconds. @default 30_000 */
  readonly timeoutMs?: number
}

/** Addresses seldom change; an hour late is soon enough. */
const discoveryTimes = { freshMs: 3_600_000, pauseMs: 60_000 }

/** A key that is not among them is asked for, at most twice a minute. */
const keyTimes = { freshMs: 3_600_000, pauseMs: 30_000 }

/**
 * Makes the server that a program talks to.
 *
 * @throws {ConfigurationError} where the profile describes no OAuth, or what the client's proof needs is missing
 */
export function serverOf(options: ServerOptions): Server {
  const { profile, clientId, clientSecret: secret, privateKey, keyId, algorithm, tls, dpop, timeoutMs } = options
  if (!profile.oauth && !options.oauth)
    throw new ConfigurationError(`The profile \`${profile.name}\` has no \`oauth\`.`)
  if (typeof clientId !== 'string' || clientId === '') throw new ConfigurationError('`clientId` is missing.')
  const oauth: OAuthVendor = { ...profile.oauth, ...options.oauth }
  const client = {
    id: clientId,
    secret,
    oldSecret: options.oldClientSecret,
    privateKey: privateKey === undefined ? undefined : readPrivateKey(privateKey),
    keyId,
    algorithm,
  }
  const usual = privateKey !== undefined ? 'private-key-jwt' : secret !== undefined ? 'basic' : 'none'
  const authentication = oauth.clientAuthentication ?? usual
  const transport = options.transport ?? axiosTransport(tls ? { agent: { ...tls } } : {})
  const plane = controlPlane({ transport, ...(timeoutMs !== undefined && { timeoutMs }) })
  const { name: vendor, tenant: patterns = {} } = profile
  const { tenant = {} } = options
  const described = describedAddresses(oauth, tenant, patterns)
  const said = Object.entries(oauth.callbackParameters ?? {})
  const mtls = authentication === 'mtls'
  const addresses = addressesOf(described, { vendor, oauth, clientId, plane, mtls })
  return {
    vendor,
    oauth,
    callbackParameters: Object.fromEntries(said.map(([name, text]) => [name, fillTenant(text, patterns, tenant)])),
    client,
    prove: proveClient(authentication, client),
    plane,
    dpop: proofs(dpop),
    certificate: tls && thumbprintOf(tls),
    keys: kept(async (runtime) => keySet({ vendor, plane, url: (await addresses(runtime)).jwks, runtime }), keyTimes),
    addresses,
  }
}

interface AddressSource {
  readonly vendor: string
  readonly oauth: OAuthVendor
  readonly clientId: string
  readonly plane: Server['plane']
  readonly mtls: boolean
}

function addressesOf(
  described: Addresses,
  { vendor, oauth, clientId, plane, mtls }: AddressSource,
): (runtime: Runtime) => Promise<Addresses> {
  const { discover: wanted = false } = oauth
  if (wanted === false) return async () => described
  const issuer = secureUrl('oauth.issuer', described.issuer)
  const algorithm = wanted === 'oauth2' ? 'oauth2' : 'oidc'
  const found = kept(async (runtime) => {
    const document = await discover({ vendor, issuer, clientId, plane, algorithm }, runtime)
    return discoveredAddresses(described, document, mtls)
  }, discoveryTimes)
  return (runtime) => found.get(runtime)
}

function proofs(dpop: ServerOptions['dpop']): Dpop | undefined {
  if (dpop === undefined || dpop === false) return undefined
  return dpopProofs(dpop === true ? undefined : readPrivateKey(dpop))
}

/** @see https://www.rfc-editor.org/rfc/rfc8705#section-3.1 */
function thumbprintOf({ cert }: ClientCertificate): string {
  try {
    return createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')
  } catch {
    throw new ConfigurationError('`tls.cert` cannot be read. Give the certificate as PEM.')
  }
}
