import { ConfigurationError } from 'hawser'
import { unhandled } from '../routes/unhandled.ts'

/** Answers a request that was caught; `undefined` leaves it to others. */
type Answer = (request: Request) => Promise<Response | undefined>

/** The one MSW server of the process, and those who answer through it. */
interface Shared {
  readonly answers: Set<Answer>
  server: Promise<{ close(): void }> | undefined
}

// MSW patches the process, not a client, and two of its servers do not live side by side: the later one sees every request
// twice and those of the earlier one go to the real network. So there is one for all copies of this module.
const sharedKey = Symbol.for('hawser.testing.msw')

function shared(): Shared {
  const known: Shared | undefined = Reflect.get(globalThis, sharedKey)
  if (known) return known
  const made: Shared = { answers: new Set(), server: undefined }
  Object.defineProperty(globalThis, sharedKey, { value: made })
  return made
}

/**
 * Puts MSW, which is loaded here and nowhere else, between the process and the network until the returned function is called.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export async function shareMsw(answer: Answer): Promise<() => void> {
  const state = shared()
  state.answers.add(answer)
  state.server ??= listen(state.answers)
  try {
    await state.server
  } catch (error) {
    state.answers.delete(answer)
    state.server = undefined
    throw error
  }
  return () => {
    const { server } = state
    if (!state.answers.delete(answer) || state.answers.size > 0) return
    state.server = undefined
    void server?.then((started) => started.close())
  }
}

async function listen(answers: ReadonlySet<Answer>): Promise<{ close(): void }> {
  const [{ http }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')]).catch((error: unknown) => {
    const missing = /Cannot find (?:module|package) ['"]msw['"/]/.test(String(error))
    const why = missing ? 'needs MSW: `npm install --save-dev msw`' : 'could not load MSW here'
    // The cause says what plain Jest says of a package of ES modules.
    throw new ConfigurationError(
      `\`hawser/testing\` ${why}. \`mockVendor(…, { front: 'memory' })\` does without.`,
      {},
      { cause: error },
    )
  })
  // One handler: MSW tries all of them in turn, and its list of routes would cost more than the call.
  const server = setupServer(
    http.all('*', async ({ request }) => {
      for (const answer of answers) {
        const response = await answer(request)
        if (response) return response
      }
      if (!isLoopback(request.url)) throw unhandled(request.method, request.url)
      return undefined
    }),
  )
  // All that is left is for the test's own loopback servers. MSW 3 ignores the old name of the option in silence.
  const options = { onUnhandledRequest: 'bypass', onUnhandledFrame: 'bypass' } as const
  server.listen(options)
  return server
}

function isLoopback(url: string): boolean {
  return /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(new URL(url).hostname)
}
