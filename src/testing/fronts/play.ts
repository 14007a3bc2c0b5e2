import { bytesOf, type Answer } from '../answer.ts'
import type { Exchange } from './exchange.ts'

/** One connection, seen from the vendor's side. */
export interface Wire {
  head(status: number, headers: Answer['headers']): void
  write(bytes: Uint8Array): void | Promise<void>
  end(): void
  /** Cuts the connection, before the headers or in the body. */
  cut(by: 'reset' | 'fin'): void
  /** Sends what is no HTTP, in the place of the headers. */
  garbage(): void
}

// A slow body comes in so many pieces.
const slowPieces = 8

/** Plays an answer on a wire, step by step, until the end or until the client leaves. */
export async function play(answer: Answer, wire: Wire, exchange: Exchange): Promise<void> {
  try {
    await perform(answer, wire, exchange)
  } catch (error) {
    if (!exchange.left) throw error
  }
}

async function perform(answer: Answer, wire: Wire, exchange: Exchange): Promise<void> {
  const { status, headers, delayMs, bodyMs, ending } = answer
  if (delayMs > 0) await exchange.pause(delayMs)
  if (ending.at === 'headers') {
    if (ending.by === 'silence') await exchange.pause(Infinity)
    else if (ending.by === 'garbage') wire.garbage()
    else wire.cut(ending.by)
    return
  }
  const write = (bytes: Uint8Array): void | Promise<void> => {
    // A body may have no end of its own.
    if (exchange.left) throw new Error('The client left.')
    exchange.sent(bytes.length)
    return wire.write(bytes)
  }
  exchange.sent(1)
  if (ending.at === 'body') {
    const bytes = await bytesOf(answer.body)
    wire.head(status, framed(headers, ending.framing, bytes.length))
    await write(bytes.subarray(0, Math.floor(bytes.length / 2)))
    if (ending.by === 'silence') return exchange.pause(Infinity)
    await exchange.settled()
    return wire.cut(ending.by)
  }
  wire.head(status, headers)
  if (bodyMs > 0) {
    for (const piece of piecesOf(await bytesOf(answer.body))) {
      await exchange.pause(bodyMs / slowPieces)
      await write(piece)
    }
  } else if (answer.body instanceof Uint8Array) await write(answer.body)
  else if (answer.body) for await (const chunk of answer.body) await write(chunk)
  wire.end()
}

function piecesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const at = (piece: number): number => Math.floor((piece * bytes.length) / slowPieces)
  return Array.from({ length: slowPieces }, (_, piece) => bytes.subarray(at(piece), at(piece + 1)))
}

function framed(headers: Answer['headers'], framing: 'content-length' | 'chunked', length: number): Answer['headers'] {
  const others = headers.filter(([name]) => name !== 'content-length' && name !== 'transfer-encoding')
  return framing === 'chunked' ? others : [...others, ['content-length', String(length)]]
}
