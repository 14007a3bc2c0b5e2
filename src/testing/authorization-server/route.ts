import { refusedAnswer } from './answer.ts'
import { authorizeEndpoint } from './authorize.ts'
import { deviceAuthorizationEndpoint, deviceEndpoint } from './device.ts'
import { metadata, wellKnown } from './discovery.ts'
import { checkSingle, read, type Incoming } from './incoming.ts'
import { pushedRequestEndpoint } from './pushed-request.ts'
import { Refusal, attempt } from './refusal.ts'
import { resourceEndpoint } from './resource.ts'
import type { ServerState } from './state.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { introspectionEndpoint, revocationEndpoint } from './token-status.ts'

/** Answers a request at the endpoint that it is for; `undefined` where there is none. */
export async function route(state: ServerState, request: Request): Promise<Response | undefined> {
  const { paths, quirk } = state.settings
  const { authorize = {}, token = {} } = quirk
  const { pathname, origin } = new URL(request.url)
  const isGet = request.method === 'GET'
  if (pathname === paths.token || pathname === paths.refresh) {
    return tokenEndpoint(state, await read(request, token.body, token.names))
  }
  if (pathname === paths.authorize) return authorizeEndpoint(state, await read(request, 'form', authorize.names))
  if (pathname === paths.resource) return resourceEndpoint(state, request)
  if (isGet && pathname === paths.device) return deviceEndpoint(state, await read(request))
  if (isGet && pathname === paths.jwks) return Response.json({ keys: [state.signingKey().jwk] })
  if (isGet && wellKnown.includes(pathname)) return Response.json(metadata(state.settings, origin))
  const endpoints: Readonly<Record<string, (state: ServerState, incoming: Incoming) => Response>> = {
    [paths.par]: pushedRequestEndpoint,
    [paths.deviceAuthorization]: deviceAuthorizationEndpoint,
    [paths.introspect]: introspectionEndpoint,
    [paths.revoke]: revocationEndpoint,
  }
  const endpoint = Object.hasOwn(endpoints, pathname) ? endpoints[pathname] : undefined
  if (!endpoint || request.method !== 'POST') return undefined
  const incoming = await read(request)
  const response = attempt(() => {
    checkSingle(incoming.parameters)
    return endpoint(state, incoming)
  })
  return response instanceof Refusal ? refusedAnswer(state, incoming, response) : response
}
