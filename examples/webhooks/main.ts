import { createServer } from 'node:http'
import { memoryReplayWindow, nodeListener, receiver, schemes, sign, type WebhookSource } from 'hawser/webhooks'

// An endpoint for GitHub's webhooks while its secret is changed, and what becomes of four deliveries.
// node --import tsx examples/webhooks/main.ts

interface GitHubEvents {
  readonly 'issues.opened': { readonly issue: { readonly number: number; readonly title: string } }
}

const source: WebhookSource<GitHubEvents> = {
  scheme: schemes.github,
  event: [{ header: 'x-github-event' }, { field: 'action' }],
}

const receive = receiver(source, {
  secrets: ['the new secret', 'the old secret'],
  replayWindow: memoryReplayWindow(),
}).on('issues.opened', ({ key, payload, keyIndex }) => {
  console.log(`handled ${key}: #${payload.issue.number} ${payload.issue.title} (secret ${keyIndex})`)
})

const listen = nodeListener(receive)
const server = createServer((request, response) => void listen(request, response))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/webhooks/github`

async function deliver(what: string, id: string, secret: string, sent?: string): Promise<void> {
  const body = JSON.stringify({ action: 'opened', issue: { number: 7, title: 'It works' } })
  const headers = { 'content-type': 'application/json', 'x-github-event': 'issues', 'x-github-delivery': id }
  const signed = sign(schemes.github, { headers, body }, { secrets: [secret] })
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body: sent ?? body })
  console.log(`${what}: ${response.status} ${await response.text()}`)
}

await deliver('signed with the old secret', 'delivery-1', 'the old secret')
await deliver('the same once more', 'delivery-1', 'the new secret')
await deliver('signed with the new secret', 'delivery-2', 'the new secret')
await deliver('changed on the way', 'delivery-3', 'the new secret', '{"action":"opened","issue":{"number":8}}')

server.close()
