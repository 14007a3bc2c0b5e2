import { ConfigurationError } from '../errors.ts'

/** Where a vendor's API is, and so where its credential may go. */
export interface OwnOrigins {
  /** Scheme, host and port, such as `https://api.github.com`. */
  readonly origins: readonly string[]
  /** Patterns of further hosts, over https at their standard port; each from `^` to `$`. @default none */
  readonly hosts?: readonly RegExp[] | undefined
}

/** Tells whether a URL leads to the vendor. */
export function isOwn({ origins, hosts = none }: OwnOrigins, url: string): boolean {
  if (beginsWith(origins, url)) return true
  return hosts.length > 0 && URL.canParse(url) && isHost(hosts, new URL(url))
}

const none: readonly RegExp[] = []

/** Tells whether a URL begins with one of the origins. */
export function beginsWith(origins: readonly string[], url: string): boolean {
  for (const origin of origins) {
    // The character behind tells `https://api.example.com` from `https://api.example.com.evil.org`.
    if (url.startsWith(origin) && (url.length === origin.length || url[origin.length] === '/')) return true
  }
  return false
}

function isHost(hosts: readonly RegExp[], { protocol, hostname, port, username, password }: URL): boolean {
  if (protocol !== 'https:' || port !== '' || username !== '' || password !== '') return false
  return hosts.some((pattern) => pattern.test(hostname))
}

/**
 * Checks patterns of hosts, where a part of the pattern that is not anchored would match any host that holds it.
 *
 * @throws {ConfigurationError} where one is not anchored at both ends, or has a flag
 */
export function checkPatterns(option: string, patterns: readonly RegExp[]): void {
  for (const pattern of patterns) {
    const { source, flags } = pattern
    // `^a|b$` is anchored at one end on each side; a group around it is at both.
    const anchored = source.startsWith('^') && source.endsWith('$') && !/\|(?![^(]*\))/.test(source)
    if (!anchored || flags !== '') {
      const message = `\`${option}\` holds ${String(pattern)}; a pattern is anchored with ^ and $ and has no flags.`
      throw new ConfigurationError(message)
    }
  }
}

/** Gives scheme, host and port, without user, path and query; the empty string for what is no URL. */
export function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return ''
  }
}
