// Secrets planted at random, in any encoding: either none of them survives, or nothing is written.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HttpRequest, Transport } from 'hawser'
import { CassetteSecretError, record } from 'hawser/testing'

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const encodings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  percent: (secret) => [...Buffer.from(secret)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  uri: encodeURIComponent,
  form: (secret) => new URLSearchParams([['', secret]]).toString().slice(1),
  json: (secret) => JSON.stringify(secret),
  unicode: (secret) => [...secret].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  base64,
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'base64 of a pair': (secret) => base64(`some-user:${secret}`),
  'base64 of a form': (secret) => base64(`a=1&b=${encodeURIComponent(secret)}`),
  'JSON in JSON': (secret) => JSON.stringify({ inner: JSON.stringify({ deep: secret }) }),
}

const places = [
  'path',
  'query',
  'request header',
  'request body',
  'form',
  'response header',
  'response body',
  'name',
  'text',
] as const

const secret = fc
  .string({ unit: fc.constantFrom(...'abcXYZ0189-_.~+/="\\ é&%'), minLength: 8, maxLength: 40 })
  .filter((text) => text.trim() === text && /\w{4}/.test(text))
// Nobody knows these; they are found by what they look like.
const random = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'),
  minLength: 32,
  maxLength: 64,
})

/** Records one exchange that has a text in one place; gives what would be written. */
async function written(place: (typeof places)[number], text: string, secrets: readonly string[]): Promise<string> {
  const put = (at: typeof place): string => (at === place ? text : 'nothing')
  const transport: Transport = async () => ({
    status: 200,
    headers: { 'content-type': place === 'text' ? 'text/plain' : 'application/json', 'x-note': put('response header') },
    body: Buffer.from(
      place === 'text'
        ? `It says ${text}.`
        : JSON.stringify({ [place === 'name' ? text : 'field']: [{ value: put('response body') }] }),
    ),
  })
  const recorder = record({ file: 'unused', transport, secrets })
  const form = place === 'form'
  const request: HttpRequest = {
    method: 'POST',
    url: `https://api.vendor.test/things/${encodeURIComponent(put('path'))}?q=${encodeURIComponent(put('query'))}`,
    headers: {
      'x-sent': put('request header'),
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
    },
    body: form ? new URLSearchParams({ value: text }).toString() : JSON.stringify({ value: put('request body') }),
    operation: 'POST /things/{id}',
    idempotent: false,
  }
  await recorder.transport(request)
  return JSON.stringify(recorder.cassette())
}

/** What stands in a cassette: every name and every value, without JSON's own escapes. */
function readable(cassette: string): string {
  const texts: string[] = []
  JSON.parse(cassette, (name, value: unknown) => {
    texts.push(name, String(value))
    return value
  })
  return texts.join('\n')
}

it('lets no known secret survive, in any place and encoding', async () => {
  await fc.assert(
    fc.asyncProperty(
      secret,
      fc.constantFrom(...places),
      fc.constantFrom(...Object.keys(encodings)),
      async (known, place, how) => {
        const encoded = encodings[how]?.(known) ?? known
        let cassette = ''
        try {
          cassette = await written(place, encoded, [known])
        } catch (error) {
          expect(error).toBeInstanceOf(CassetteSecretError)
          expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(known)
          return
        }
        expect(readable(cassette)).not.toContain(known)
        expect(readable(cassette)).not.toContain(encoded)
      },
    ),
    { numRuns: 1000 },
  )
})

it('lets no random string survive that nobody has named', async () => {
  await fc.assert(
    fc.asyncProperty(random, fc.constantFrom(...places), async (unknown, place) => {
      expect(await written(place, unknown, [])).not.toContain(unknown)
    }),
    { numRuns: 1000 },
  )
})

it('keeps what is written in words', async () => {
  for (const text of [
    'my-long-repository-name-of-2024',
    '2030-01-01T00:00:00Z',
    'https://api.vendor.test/repos/some/thing',
    'issues_opened_by_somebody_else',
  ]) {
    expect(await written('response body', text, [])).toContain(text)
  }
})
