/** What a token endpoint gave, in one form for all vendors. A plain JSON value: it is what is stored. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  /** Milliseconds since the Unix epoch, by the vendor's clock brought to ours. Absent where it is not told, or never expires. */
  readonly expiresAt?: number | undefined
  /** Milliseconds since the Unix epoch. */
  readonly refreshExpiresAt?: number | undefined
  /** Milliseconds since the Unix epoch. */
  readonly obtainedAt: number
  readonly scopes?: readonly string[] | undefined
  /** As it is sent: `Bearer`, `DPoP`. @default 'Bearer' */
  readonly tokenType?: string | undefined
  readonly idToken?: string | undefined
  /** The thumbprint of the key or certificate that the tokens are bound to. */
  readonly boundTo?: string | undefined
  /** Where this connection's API is, if the vendor tells it with the tokens. */
  readonly baseUrl?: string | undefined
  /** The other fields of the answer, such as `team`. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** The tokens of one connection by name. Most vendors give one, named `main`; some give a bot's and a user's at once. */
export type TokenBundle = Readonly<Record<string, Tokens>>

/** The name of the token that is used where none is named. */
export const mainToken = 'main'

const secretFields: ReadonlySet<string> = new Set([
  'accessToken',
  'refreshToken',
  'idToken',
  'extra',
] satisfies (keyof Tokens)[])

/** Gives the same tokens with their secrets readable by name only: logged, printed or written as JSON, they do not show. */
export function conceal(tokens: Tokens): Tokens {
  // Each property is defined once: one that is hidden afterwards gives each object a shape of its own, of 600 bytes.
  const fields = Object.entries(tokens).map(([name, value]): [string, PropertyDescriptor] => {
    const enumerable = !secretFields.has(name) || value === undefined
    return [name, { value, enumerable, writable: true, configurable: true }]
  })
  const concealed: Tokens = Object.create(Object.prototype, Object.fromEntries(fields))
  return concealed
}
