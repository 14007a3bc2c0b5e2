import { isOffline } from './authorize.ts'
import { authenticateClient } from './client-authentication.ts'
import type { Incoming } from './incoming.ts'
import { askedScope } from './scope.ts'
import type { ServerState } from './state.ts'

/** Lets a device ask for a user who sits elsewhere. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.1 */
export function deviceAuthorizationEndpoint(state: ServerState, incoming: Incoming): Response {
  const { settings, runtime, devices } = state
  const { parameters, issuer } = incoming
  const { id: clientId } = authenticateClient(state, incoming)
  const scope = askedScope(settings, parameters.get('scope'))
  const deviceCode = `device-${runtime.uuid()}`
  const userCode = `USER-${String(devices.size + 1).padStart(4, '0')}`
  const { deviceCodeMs, deviceIntervalSeconds } = settings
  devices.set(deviceCode, {
    clientId,
    userCode,
    scope,
    offline: isOffline(settings, parameters, scope),
    expiresAt: runtime.now() + deviceCodeMs,
    intervalMs: deviceIntervalSeconds * 1000,
    // The first request may come at once.
    mayAskAt: runtime.now(),
  })
  const uri = `${issuer}${settings.paths.device}`
  return Response.json({
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: uri,
    verification_uri_complete: `${uri}?user_code=${userCode}`,
    expires_in: deviceCodeMs / 1000,
    interval: deviceIntervalSeconds,
  })
}

/** Takes the visit of a user for the answer that users give just now. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.3 */
export function deviceEndpoint({ devices, decision, runtime }: ServerState, { parameters }: Incoming): Response {
  const userCode = parameters.get('user_code')
  const device = [...devices.values()].find((one) => one.userCode === userCode && runtime.now() < one.expiresAt)
  if (!device || device.decision) return new Response('The code is unknown, used or expired.', { status: 404 })
  device.decision = decision
  return new Response(decision.approved ? 'The device is connected.' : 'The device is refused.')
}
