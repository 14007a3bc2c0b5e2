import { createHmac } from 'node:crypto'
import { ConfigurationError, InvalidRequestError, type ClockOffset, type Runtime } from 'hawser'
import { secretAt } from './client-authentication.ts'
import type { Server } from './question.ts'
import { sameText } from './same-text.ts'

/** What a callback is checked with. */
interface ProofContext {
  readonly server: Server
  readonly runtime: Runtime
  readonly clock: ClockOffset
}

/**
 * Checks what a vendor proves with a callback beyond the RFCs: that it signed it, and whose account it is for.
 *
 * @throws {InvalidRequestError} where it does not
 */
export async function checkProof(parameters: URLSearchParams, context: ProofContext): Promise<void> {
  const { oauth, callbackParameters } = context.server
  if (oauth.callbackHmac !== undefined) await checkHmac(parameters, oauth.callbackHmac, context)
  for (const [name, value] of Object.entries(callbackParameters)) {
    const said = parameters.getAll(name)
    if (said.length !== 1 || said[0] !== value)
      throw new InvalidRequestError(`The callback’s \`${name}\` is not the one that the login was begun for.`)
  }
}

async function checkHmac(
  parameters: URLSearchParams,
  name: string,
  { server, ...context }: ProofContext,
): Promise<void> {
  const { secret = '', oldSecret = '' } = server.client
  const current = await secretAt(secret)(context)
  if (current === '') throw new ConfigurationError('Signed callbacks need `clientSecret`.')
  const signed = new URLSearchParams(parameters)
  const names = [...signed.keys()]
  // Of two values, nobody could tell which one was signed and which one is read.
  if (new Set(names).size < names.length) throw new InvalidRequestError('The callback has a parameter twice.')
  const signature = signed.get(name) ?? ''
  signed.delete(name)
  signed.sort()
  const text = signed.toString()
  const secrets = [current, oldSecret].filter((one) => one !== '')
  if (!secrets.some((one) => sameText(signature, createHmac('sha256', one).update(text).digest('hex'))))
    throw new InvalidRequestError('The callback is not signed with the client’s secret: it was not made by the vendor.')
}
