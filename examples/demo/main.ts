// Reads recorded GitHub data through the whole stack over real sockets, while the server gets into trouble now and then.
import { bearer, isHawserError, type RuntimeEvent } from 'hawser'
import { GitHub } from 'hawser/github'
import { recorded, startServer } from './server.ts'

const started = Date.now()
const line = (mark: string, text: string): void =>
  console.log(`${String(Date.now() - started).padStart(5)} ms  ${mark}  ${text}`)

const totals = { calls: 0, attempts: 0, retries: 0, waitedMs: 0 }
const reasons = new Map<string, number>()

function tell(event: RuntimeEvent): void {
  switch (event.type) {
    case 'attempt':
      totals.attempts++
      return line(' ', `${event.operation}: ${event.status ?? event.error}, ${event.durationMs} ms`)
    case 'retry':
      totals.retries++
      totals.waitedMs += event.delayMs
      reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + 1)
      return line('↻', `${event.operation}: ${event.reason}, again in ${Math.round(event.delayMs)} ms`)
    case 'call':
      totals.calls++
      return line(
        '✓',
        `${event.operation}: done after ${event.attempts} ${event.attempts === 1 ? 'attempt' : 'attempts'}`,
      )
    default:
      return line('·', `${event.operation}: ${event.type}`)
  }
}

const pages = recorded('paginate-issues')
const server = await startServer([...pages, ...recorded('get-repository'), ...recorded('search-issues')], (what) =>
  line('⚡', what),
)
const github = new GitHub({ auth: bearer('a-token-for-the-demo'), baseUrl: server.url, onEvent: tell })

const expected = pages.flatMap(({ response }) => (response as { number: number }[]).map((issue) => issue.number))
const owner = 'octokit-fixture-org'
const lost: string[] = []

/** Reads every page of the issues and notes what is missing. */
async function readIssues(reader: number): Promise<number> {
  const issues = await github.issues.list({ owner, repo: 'paginate-issues', per_page: 3 }).toArray({ limit: 1_000 })
  const numbers = issues.map((issue) => issue.number)
  if (numbers.join() !== expected.join()) lost.push(`reader ${reader} got issues ${numbers.join(', ')}`)
  return numbers.length
}

async function readRepository(): Promise<void> {
  const { full_name } = await github.repos.get({ owner, repo: 'hello-world' })
  if (full_name !== `${owner}/hello-world`) lost.push(`the repository came as ${full_name}`)
}

const readers = [1, 2, 3, 4, 5]
const results = await Promise.allSettled([...readers.map(readIssues), readRepository()])
for (const result of results) {
  if (result.status === 'rejected')
    lost.push(isHawserError(result.reason) ? `${result.reason.code}: ${result.reason.message}` : String(result.reason))
}
github.close()
server.close()

const issues = results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? (result.value ?? 0) : 0), 0)
console.log(`
${issues} issues of ${expected.length * readers.length} read by ${readers.length} readers, ${lost.length} things lost, in ${Date.now() - started} ms
${totals.calls} calls, ${totals.attempts} attempts, ${totals.retries} retries (${[...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ')})
${Math.round(totals.waitedMs)} ms waited before them in all, ${server.requests()} requests seen by the server`)
for (const what of lost) console.error(`lost: ${what}`)
process.exitCode = lost.length > 0 || totals.retries < 5 ? 1 : 0
