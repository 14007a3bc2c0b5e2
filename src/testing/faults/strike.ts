import { answerOf, bytesOf, isBodiless, nothing, withHeader, type Answer, type Ending } from '../answer.ts'
import type { Fault, StatusFault } from './fault.ts'

type Framing = Extract<Ending, { at: 'body' }>['framing']

/** Tells whether the vendor gets to work at all. */
export function isProcessed(fault: Fault): boolean {
  switch (fault.kind) {
    case 'status':
      return false
    case 'fin':
    case 'garbage':
      return fault.processed ?? false
    case 'reset':
    case 'stall':
      return fault.at === 'body' || (fault.processed ?? false)
    default:
      return true
  }
}

/** Gives what comes over the wire where a fault strikes. `answer` is the vendor's own, where it gave one. */
export async function strike(fault: Fault, answer: Answer, now: number): Promise<Answer> {
  switch (fault.kind) {
    case 'status':
      return answerOf(statusAnswer(fault, now), now)
    case 'latency':
      return { ...answer, delayMs: answer.delayMs + fault.ms }
    case 'slow-body':
      return { ...(await withBody(answer)), bodyMs: fault.ms }
    case 'stall':
      return broken(answer, fault.at, 'silence')
    case 'reset':
      return broken(answer, fault.at, 'reset')
    case 'fin':
    case 'garbage':
      return { ...nothing, ending: { at: 'headers', by: fault.kind } }
    case 'truncated':
      return broken(answer, 'body', 'fin', fault.framing)
    case 'malformed-json':
      return malformed(await withBody(answer))
    case 'wrong-type':
      return withHeader(answer, 'content-type', fault.type ?? 'text/html')
    case 'skewed-date':
      return withHeader(answer, 'date', new Date(now + fault.ms).toUTCString())
  }
}

function statusAnswer(fault: StatusFault, now: number): Response {
  const { status, body = '', retryAfterSeconds, retryAfterAs = 'seconds' } = fault
  const headers = new Headers(fault.headers)
  if (retryAfterSeconds !== undefined) {
    const date = new Date(Math.floor(now / 1000 + retryAfterSeconds) * 1000)
    headers.set('retry-after', retryAfterAs === 'date' ? date.toUTCString() : String(retryAfterSeconds))
  }
  return new Response(body === '' ? null : body, { status, headers })
}

async function broken(
  answer: Answer,
  at: 'headers' | 'body' = 'headers',
  by: 'reset' | 'fin' | 'silence',
  framing: Framing = 'content-length',
): Promise<Answer> {
  if (at === 'headers') return { ...nothing, ending: { at, by } }
  return { ...(await withBody(answer)), ending: { at, by, framing } }
}

/** Gives an answer whose body is there to be broken: one without any says `{}` instead. */
async function withBody(answer: Answer): Promise<Answer> {
  const bytes = await bytesOf(answer.body)
  const status = isBodiless(answer.status) ? 200 : answer.status
  return { ...answer, status, body: bytes.length > 0 ? bytes : Buffer.from('{}') }
}

/** Cuts the end of a JSON value off, or opens one that never ends. */
async function malformed(answer: Answer): Promise<Answer> {
  const text = Buffer.from(await bytesOf(answer.body))
    .toString()
    .trimEnd()
  const body = Buffer.from(/[}\]]$/.test(text) ? text.slice(0, -1) : `{${text}`)
  return withHeader({ ...answer, body }, 'content-length', String(body.length))
}
