import { Readable } from 'node:stream'

/**
 * Makes a stream of what a generator reads from `source`; both end together. The source goes first: a generator that waits
 * for its next chunk can be ended by nothing else, which is why `Readable.from` does not do.
 */
export function relay(source: Readable, chunks: AsyncGenerator<unknown>): Readable {
  return new Readable({
    read() {
      chunks.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      source.destroy()
      done(error)
    },
  })
}
