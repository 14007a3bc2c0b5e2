import { ReauthorizationRequiredError, type ReauthorizationCause } from '../errors.ts'

const reasons: Readonly<Record<ReauthorizationCause, string>> = {
  refused: 'its refresh token was refused',
  'no-tokens': 'no tokens are stored for it',
  'no-refresh-token': 'its token has ended and came without a refresh token',
  'refresh-token-expired': 'its refresh token has ended',
  'lost-after-rotation':
    'its refresh token was refused, after a process died that was replacing it: the new one was issued and never stored',
  clock: 'its refresh token was refused, and the clock of this machine is off by minutes: set it first',
}

/** Makes the error that says why a user has to allow a connection anew. */
export function endOfConnection(
  connection: string,
  because: ReauthorizationCause,
  oauthCode?: string,
): ReauthorizationRequiredError {
  const message = `The connection \`${connection}\` has to be authorized anew: ${reasons[because]}.`
  return new ReauthorizationRequiredError(message, { connection, because, oauthCode })
}
