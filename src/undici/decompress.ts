import { pipeline, type Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { relay } from 'hawser'

type MakeDecoder = (first: Buffer) => Transform

// Some servers send raw deflate under the name of zlib's format; its first byte tells. @see https://www.rfc-editor.org/rfc/rfc1950#section-2.2
const inflate: MakeDecoder = ([first = 0]) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw())

// Node has zstd from 22.15 on.
const zstd: unknown = Reflect.get(zlib, 'createZstdDecompress')

const decoders: Readonly<Record<string, MakeDecoder | undefined>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: inflate,
  br: () => zlib.createBrotliDecompress(),
  ...(isFactory(zstd) && { zstd }),
}

function isFactory(value: unknown): value is () => Transform {
  return typeof value === 'function'
}

/** What a request accepts where its caller does not say. */
export const acceptedEncodings: string = ['gzip', 'deflate', 'br', 'zstd'].filter((name) => decoders[name]).join(', ')

// Each layer is an amplifier; nobody honest needs a third.
const maxLayers = 2

/** Gives the decoders for a `Content-Encoding`, in the order of use; nothing where it is none or not known. */
export function decodersFor(encoding: string | undefined): readonly MakeDecoder[] | undefined {
  if (encoding === undefined || encoding === '') return undefined
  const names = encoding.split(',').map((name) => name.trim().toLowerCase())
  const known = names.flatMap((name) => decoders[name] ?? [])
  return known.length === names.length && known.length <= maxLayers ? known.toReversed() : undefined
}

/** Passes a body on decompressed. One that ends before its own trailer is an error, unlike with axios. */
export function decompressed(source: Readable, layers: readonly MakeDecoder[]): Readable {
  return layers.reduce((from, make) => {
    // Told again by whoever reads the last layer.
    return relay(from, decode(from, make)).once('error', () => {})
  }, source)
}

/** Makes the decoder with the first chunk: a body without any, such as that of a HEAD, is not compressed. */
async function* decode(source: Readable, make: MakeDecoder): AsyncGenerator<unknown> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  const { done, value: first } = await chunks.next()
  if (done) return
  async function* all(): AsyncGenerator<Buffer> {
    yield first
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  yield* pipeline(all(), make(first), () => {})
}
