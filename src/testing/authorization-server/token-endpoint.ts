import { NetworkError } from 'hawser'
import { issuedAnswer, refusedAnswer } from './answer.ts'
import { authenticateClient, shownCertificate } from './client-authentication.ts'
import { verifyProof } from './dpop.ts'
import type { TokenFault } from './faults.ts'
import { grants } from './grants/index.ts'
import { checkSingle, required, type Incoming } from './incoming.ts'
import type { Issued } from './issue.ts'
import type { ServerClock } from './options.ts'
import { Refusal, attempt, refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/**
 * Answers a token request.
 *
 * @throws {NetworkError} where a fault drops the connection
 */
export async function tokenEndpoint(state: ServerState, incoming: Incoming): Promise<Response> {
  const { journal, settings, ledger, runtime, faults } = state
  const { parameters, request } = incoming
  const grantType = parameters.get('grant_type') ?? ''
  const clientId = parameters.get('client_id') ?? undefined
  const note = journal.open({
    at: runtime.now(),
    grantType,
    clientId,
    parameters: Object.fromEntries(parameters),
    headers: Object.fromEntries(request.headers),
  })
  const grant = grantType === 'refresh_token' ? ledger.find(parameters.get('refresh_token'))?.grant : undefined
  const end = grant && journal.refreshing(grant.id)
  try {
    const fault = faults.next(grantType)
    const done = strikesBefore(fault) ? undefined : attempt(() => work(state, incoming))
    await wait(settings.clock, settings.latencyMs + (fault?.kind === 'slow' ? fault.ms : 0))
    const response = answer(state, incoming, done, fault)
    if (fault?.kind === 'skew') response?.headers.set('date', new Date(runtime.now() + fault.ms).toUTCString())
    note({
      clientId: done instanceof Refusal ? clientId : (done?.grant.clientId ?? clientId),
      ...(response && { status: response.status }),
      ...(done instanceof Refusal && { error: done.code }),
      ...(fault && { fault: fault.kind }),
    })
    if (response) return response
    throw new NetworkError('The connection was reset.', { phase: 'headers', reason: 'ECONNRESET' })
  } finally {
    end?.()
  }
}

function work(state: ServerState, incoming: Incoming): Issued {
  const { settings } = state
  const { parameters, request, url } = incoming
  const { method = 'POST' } = settings.quirk.token ?? {}
  if (request.method !== method) refuse('invalid_request', `A token request is a ${method}.`)
  checkSingle(parameters)
  const grantType = required(parameters, 'grant_type')
  const { token, refresh } = settings.paths
  const handler = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
  if (!handler || url.pathname !== (grantType === 'refresh_token' ? refresh : token)) {
    return refuse('unsupported_grant_type', `There is no grant ${grantType} here.`)
  }
  const client = authenticateClient(state, incoming)
  if (client.grants?.includes(grantType) === false) {
    refuse('unauthorized_client', `The client may not use the grant ${grantType}.`)
  }
  const jkt = verifyProof(state, request)
  if (jkt === undefined && settings.dpop.required) refuse('invalid_dpop_proof', 'A proof of possession is required.')
  const x5t = client.x5t === undefined ? undefined : shownCertificate(request)
  return handler(state, { incoming, client, jkt, x5t })
}

function strikesBefore(fault: TokenFault | undefined): boolean {
  return (fault?.kind === 'drop' || fault?.kind === 'answer') && fault.when === 'before'
}

/** Gives what is sent, which is nothing where the connection drops. */
function answer(
  state: ServerState,
  incoming: Incoming,
  done: Issued | Refusal | undefined,
  fault: TokenFault | undefined,
): Response | undefined {
  if (fault?.kind === 'answer') {
    return new Response(fault.body ?? null, { status: fault.status, headers: fault.headers ?? {} })
  }
  if (fault?.kind === 'drop' || !done) return undefined
  return done instanceof Refusal ? refusedAnswer(state, incoming, done) : issuedAnswer(state, incoming, done)
}

/** Waits where there is anything to wait for; a virtual clock is told, or it would stand still for the request under way. */
async function wait(clock: ServerClock, ms: number): Promise<void> {
  if (ms === 0) return
  const release = clock.hang?.()
  await clock.runtime.sleep(ms)
  release?.()
}
