import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import type { ServerState } from '../state.ts'

/** How much longer a device that asks too often has to wait each time. Milliseconds. */
const slowDownMs = 5_000

/**
 * Tells a device whether its user has answered.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5
 */
export function deviceCode(state: ServerState, call: TokenCall): Issued {
  const { devices, runtime, ledger } = state
  const code = required(call.incoming.parameters, 'device_code')
  const device = devices.get(code)
  const { id: clientId } = call.client
  if (device?.clientId !== clientId) return refuse('invalid_grant', 'The device code is unknown, or of another client.')
  const now = runtime.now()
  if (now >= device.expiresAt) refuse('expired_token', 'The device code has expired.')
  const tooSoon = now < device.mayAskAt
  if (tooSoon) device.intervalMs += slowDownMs
  device.mayAskAt = now + device.intervalMs
  if (tooSoon) refuse('slow_down', 'The device asks too often; it waits five seconds longer from now on.')
  const { decision, scope: asked, offline } = device
  if (!decision) return refuse('authorization_pending', 'The user has not answered yet.')
  if (!decision.approved) return refuse('access_denied', 'The user refused.')
  devices.delete(code)
  const { subject, scope = asked } = decision
  return issueTokens(state, call, ledger.open({ clientId, subject, scope }), { refresh: offline, user: {} })
}
