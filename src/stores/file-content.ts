import { createHash } from 'node:crypto'

/** What is in a file: whose it is, and what is kept. */
export interface Content {
  readonly key: string
  readonly value: string
}

const form = 'hawser-token-store/1'

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Gives the text of a file. Its first line tells whether the rest is whole. */
export function encodeContent({ key, value }: Content): string {
  const text = JSON.stringify({ key, value })
  return `${form} ${digest(text)}\n${text}`
}

/** Reads the text of a file; `undefined` where it is not, byte for byte, what was written. */
export function decodeContent(file: string): Content | undefined {
  const end = file.indexOf('\n')
  const text = file.slice(end + 1)
  if (end < 0 || file.slice(0, end) !== `${form} ${digest(text)}`) return undefined
  return JSON.parse(text) as Content
}
