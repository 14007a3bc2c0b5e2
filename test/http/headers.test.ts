import { expect, it } from 'vitest'
import { InvalidRequestError } from 'hawser'
import { mergeHeaders } from '../../src/http/headers.ts'

it('merges later over earlier without regard to case, and lets undefined leave a header out', () => {
  expect(mergeHeaders({ Accept: 'a', 'X-One': '1' }, { accept: 'b', 'x-one': undefined })).toEqual({ accept: 'b' })
})

it('refuses a line break in a header, and does not repeat the value', () => {
  for (const value of ['a\r\nx-evil: 1', 'a\nb', 'a\0b', 'snow ☃']) {
    expect(() => mergeHeaders({ 'x-note': value })).toThrow(InvalidRequestError)
  }
  expect(() => mergeHeaders({ 'x-token': 'canary\n' })).toThrow(/^(?!.*canary)/)
  expect(() => mergeHeaders({ 'bad name': 'x' })).toThrow(InvalidRequestError)
})

it('refuses the headers that say where a message ends', () => {
  for (const name of ['Content-Length', 'transfer-encoding', 'Host', 'connection', 'Keep-Alive', 'trailer', 'expect']) {
    expect(() => mergeHeaders({ [name]: '0' })).toThrow(InvalidRequestError)
  }
})
