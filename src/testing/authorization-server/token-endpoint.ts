import { NetworkError } from 'hawser'
import { issuedAnswer, refusedAnswer } from './answer.ts'
import { authenticateClient } from './client-authentication.ts'
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
    const response = answer(done, fault)
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
  const { parameters, request } = incoming
  if (request.method !== 'POST') refuse('invalid_request', 'A token request is a POST.')
  checkSingle(parameters)
  const grantType = required(parameters, 'grant_type')
  const handler = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
  if (!handler) return refuse('unsupported_grant_type', `The server knows no grant ${grantType}.`)
  const client = authenticateClient(state, incoming)
  if (client.grants && !client.grants.includes(grantType)) {
    refuse('unauthorized_client', `The client may not use the grant ${grantType}.`)
  }
  return handler(state, { incoming, client })
}

function strikesBefore(fault: TokenFault | undefined): boolean {
  return (fault?.kind === 'drop' || fault?.kind === 'answer') && fault.when === 'before'
}

/** Gives what is sent, which is nothing where the connection drops. */
function answer(done: Issued | Refusal | undefined, fault: TokenFault | undefined): Response | undefined {
  if (fault?.kind === 'answer') {
    return new Response(fault.body ?? null, { status: fault.status, headers: fault.headers ?? {} })
  }
  if (fault?.kind === 'drop' || !done) return undefined
  return done instanceof Refusal ? refusedAnswer(done) : issuedAnswer(done)
}

/** Waits where there is anything to wait for; a virtual clock is told, or it would stand still for the request under way. */
async function wait({ runtime, hang }: ServerClock, ms: number): Promise<void> {
  if (ms === 0) return
  const release = hang?.()
  await runtime.sleep(ms)
  release?.()
}
