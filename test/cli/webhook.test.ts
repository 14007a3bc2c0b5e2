import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runWebhook } from '../../src/cli/webhook.ts'
import { nodeListener, receiver, sources } from '../../src/webhooks/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'hawser-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bytes = Buffer.concat([Buffer.from('{"action":"opened"}\r\n'), Buffer.of(0xff)])

function file(name: string, content: Uint8Array | string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

async function run(args: readonly string[], env: Record<string, string> = { HAWSER_WEBHOOK_SECRET: 'shared' }) {
  const out: Buffer[] = []
  let errors = ''
  const code = await runWebhook(args, {
    env,
    stdout: { write: (text) => out.push(Buffer.from(text)) },
    stderr: { write: (text) => (errors += text) },
  })
  return { code, out: Buffer.concat(out), errors }
}

it('verifies the request that it signed, byte by byte', async () => {
  const now = ['--now', '2026-11-22T12:00:00Z']
  for (const vendor of ['github', 'slack', 'stripe', 'square', 'shopify', 'hubspot']) {
    const url = ['--url', 'https://hooks.example/in?a=1']
    const signed = await run(['sign', vendor, '--body', file('body', bytes), ...url, ...now])
    expect(signed.code).toBe(0)
    const request = file('request', signed.out)
    const good = await run(['verify', vendor, '--request', request, ...now])
    expect([good.code, JSON.parse(good.out.toString())]).toEqual([0, expect.objectContaining({ ok: true })])
    const other = await run(['verify', vendor, '--request', request, ...now], { HAWSER_WEBHOOK_SECRET: 'other' })
    expect([other.code, JSON.parse(other.out.toString())]).toEqual([1, { ok: false, reason: 'signature-mismatch' }])
  }
})

it('reads a captured request with plain line breaks, repeated headers and a Host', async () => {
  const signed = await run(['sign', 'square', '--body', file('body', '{}'), '--url', 'https://hooks.example/in?a=1'])
  const text = signed.out
    .toString()
    .replace('POST https://hooks.example/in?a=1', 'POST /in?a=1')
    .replace('\r\n', '\r\nHost: hooks.example\r\n')
  const unix = file('request', text.replaceAll('\r\n', '\n'))
  expect((await run(['verify', 'square', '--request', unix])).code).toBe(0)
  const twice = file('request', text.replace(/(x-square[^\r]*\r\n)/, '$1$1'))
  expect((await run(['verify', 'square', '--request', twice])).out.toString()).toContain('repeated-header')
})

it('delivers a signed event to a receiver', async () => {
  const heard: string[] = []
  const receive = receiver(sources.github, { secrets: ['shared'] }).on('*', ({ event }) => heard.push(event))
  const server = createServer(nodeListener(receive))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hook`
  try {
    const args = [
      'send',
      'github',
      '--body',
      file('body', '{"action":"opened"}'),
      '--url',
      url,
      '--header',
      'X-GitHub-Event: issues',
    ]
    expect(await run(args)).toMatchObject({ code: 0 })
    expect(heard).toEqual(['issues.opened'])
    expect((await run(args, { HAWSER_WEBHOOK_SECRET: 'wrong' })).code).toBe(1)
  } finally {
    server.close()
  }
})

it('says that nobody could be reached, with exit code 1', async () => {
  const { code, errors } = await run(['send', 'github', '--body', file('body', '{}'), '--url', 'http://127.0.0.1:1/'])
  expect([code, errors]).toEqual([1, expect.stringContaining('ECONNREFUSED')])
  expect(errors).not.toContain('Usage:')
})

it('tells what is wrong with a command, without the secret', async () => {
  const body = file('body', '{}')
  const signed = file('signed', 'POST / HTTP/1.1\r\n\r\n{}')
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['verify', 'nobody'], 'There is no vendor `nobody`'],
    [['guess', 'github'], '`verify`, `sign` or `send`'],
    [['verify', 'github'], '`--request` is missing'],
    [['verify', 'github', '--request', join(folder, 'absent')], 'absent'],
    [['verify', 'github', '--request', folder], '`--request` cannot be read'],
    [['verify', 'github', '--request', join(body, 'below-a-file')], '`--request` cannot be read'],
    [['verify', 'github', '--request', 'x'.repeat(300)], '`--request` cannot be read'],
    [['verify', 'github', '--request', body], 'request line'],
    [['verify', 'github', '--request', signed, '--tolerance', '5m'], '`--tolerance`'],
    [['verify', 'github', '--request', signed, '--tolerance='], '`--tolerance`'],
    [['verify', 'github', '--request', signed, '--tolerance=-5'], '`--tolerance`'],
    [['send', 'github', '--body', body, '--url', '/hooks'], '`--url` is an address'],
    [['send', 'github', '--body', body, '--url', 'ftp://hooks.example'], '`--url` is an address'],
    [['sign', 'github', '--body', body, '--now', 'soon'], '`--now`'],
    [['sign', 'github', '--body', body, '--header', 'none'], 'has no `:`'],
    [['sign', 'github', '--body', body, '--secret-env', 'NONE'], 'NONE'],
    [['sign', 'svix', '--body', body], 'takes 1 to 10 secrets'],
    [['sign', 'github', '--colour'], '--colour'],
  ]
  for (const [args, message] of wrong) {
    const { code, errors } = await run(args, { HAWSER_WEBHOOK_SECRET: 'sh!red' })
    expect([code, errors]).toEqual([2, expect.stringContaining(message)])
    expect(errors).not.toContain('sh!red')
  }
})
