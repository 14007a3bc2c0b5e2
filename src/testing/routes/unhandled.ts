import { nameIn, parseRoute, segmentsOf, type Route } from './route.ts'

/**
 * Makes the error for a request that nobody answers. It is no error of a connection, so that nothing sends it again.
 *
 * MSW passes an error on as it is only where it has a `code` and an `errno`; anything else becomes a status 500, which a
 * client would retry.
 */
export function unhandled(method: string, url: string, routes: readonly string[] = []): Error {
  const { origin, pathname } = new URL(url)
  const near = nearest(method, pathname, routes.map(parseRoute))
  const lines = [
    `No simulator answers ${method} ${origin}${pathname}. Nothing was sent to the network.`,
    ...(near
      ? [`  nearest route: ${near.text}`, ...differences(near, method, pathname).map((line) => `    ${line}`)]
      : []),
  ]
  return Object.assign(new Error(lines.join('\n')), { code: 'UNHANDLED_REQUEST', errno: -1 })
}

/** Gives the route that takes the fewest changes. */
function nearest(method: string, pathname: string, routes: readonly Route[]): Route | undefined {
  let best: Route | undefined
  let fewest = Infinity
  for (const route of routes) {
    const changes = differences(route, method, pathname).length
    if (changes < fewest) [best, fewest] = [route, changes]
  }
  return best
}

function differences(route: Route, method: string, pathname: string): readonly string[] {
  const found: string[] = []
  if (route.method !== '*' && route.method !== method) found.push(`${route.method}, and not ${method}`)
  const asked = segmentsOf(pathname)
  for (let at = 0; at < Math.max(asked.length, route.segments.length); at++) {
    const [has, wants] = [asked[at], route.segments[at]]
    if (has === undefined) found.push(`\`${wants}\` is missing at the end`)
    else if (wants === undefined) found.push(`\`${has}\` is too much`)
    else if (nameIn(wants) === undefined && wants !== has) found.push(`\`${wants}\`, and not \`${has}\``)
  }
  return found
}
