// One process of the race: callers that use one connection over a file store, as fast as the vendor answers.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  OAuthError,
  ReauthorizationRequiredError,
  authenticate,
  axiosTransport,
  stack,
  systemRuntime,
  tokenCredential,
  tokenSource,
  withListener,
  type Grant,
  type TokenStore,
} from 'hawser'
import { fileTokenStore } from 'hawser/stores'
import type { Cell, Report } from './cell.ts'

const [cellText = '', url = '', directory = ''] = process.argv.slice(2)
const cell: Cell = JSON.parse(cellText)
const transport = axiosTransport()
const tell = (report: Report): void => void process.send?.(report)

/** The least that refreshes a token: no library but the transport, so that the race is one of the token source. */
const grant: Grant = {
  kind: 'refresh_token',
  unattended: false,
  async obtain({ current, runtime }) {
    const answer = await transport({
      method: 'POST',
      url: `${url}/token`,
      operation: 'POST /token',
      idempotent: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${btoa('client:secret')}` },
      body: `grant_type=refresh_token&refresh_token=${encodeURIComponent(current?.refreshToken ?? '')}`,
    }).catch(() => {
      throw new OAuthError('The answer got lost.', { failure: 'ambiguous' })
    })
    const raw = answer.body instanceof Uint8Array ? Buffer.from(answer.body).toString() : ''
    if (answer.status !== 200) throw new OAuthError(raw, { failure: answer.status === 400 ? 'reauthorize' : 'retry' })
    if (Math.random() < (cell.crash ?? 0)) process.kill(process.pid, 'SIGKILL')
    const obtainedAt = runtime.now()
    return {
      raw,
      read() {
        const told: { access_token: string; refresh_token?: string; expires_in: number } = JSON.parse(raw)
        const { access_token: accessToken, refresh_token: refreshToken } = told
        return { main: { accessToken, refreshToken, obtainedAt, expiresAt: obtainedAt + cell.accessTokenMs } }
      },
    }
  },
}

const store: TokenStore = fileTokenStore({ directory })
const source = tokenSource({ connection: 'race', grant, store, leaseMs: cell.leaseMs })
const runtime = withListener(systemRuntime(), (event) => {
  if (event.type === 'reauthorize') tell({ type: 'ended' })
})
const send = stack([authenticate({ credential: tokenCredential(source), origins: [url] })], transport, runtime)

async function call(): Promise<Report> {
  try {
    const { status } = await send({
      method: 'GET',
      url: `${url}/resource`,
      operation: 'GET /resource',
      idempotent: true,
      headers: {},
    })
    return status === 200 ? { type: 'ok' } : { type: 'refused' }
  } catch (error) {
    if (error instanceof ReauthorizationRequiredError) return { type: 'reauthorize' }
    return { type: 'failed', code: error instanceof OAuthError ? error.failure : String(error) }
  }
}

async function caller(): Promise<never> {
  for (;;) {
    tell(await call())
    await sleep(20)
  }
}

process.on('disconnect', () => process.exit())
for (let left = cell.callers; left > 0; left--) void caller()
