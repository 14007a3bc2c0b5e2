import { setImmediate as turn } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import {
  AbortedError,
  anonymous,
  Connector,
  cursor,
  InvalidRequestError,
  type HttpRequest,
  type VendorProfile,
} from 'hawser'
import type { Pages, PaginateOptions, Transport } from 'hawser'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = { name: 'tracker', baseUrl: 'https://tracker.test' }
}

/** A listing of `count` pages with two items each; `trouble` may keep a page back or fail it. */
function listing(
  count: number,
  options: Partial<PaginateOptions<number>> = {},
  trouble: (page: number, request: HttpRequest) => Promise<void> | undefined = () => undefined,
): { readonly pages: Pages<number>; readonly asked: number[] } {
  const asked: number[] = []
  const send: Transport = async (request) => {
    const number = Number(new URL(request.url).searchParams.get('at') ?? 1)
    asked.push(number)
    await trouble(number, request)
    const next = number < count ? number + 1 : undefined
    return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ items: [number, number + 0.5], next })) }
  }
  const tracker = new Tracker({ auth: anonymous(), retry: false, transport: send })
  const page = cursor({ param: 'at', items: 'items', next: 'next' })
  return { pages: tracker.http.paginate<number>('/items', { page, prefetch: true, ...options }), asked }
}

/** Rejections that nobody has heard of, until the test ends. */
function unheard(): unknown[] {
  const found: unknown[] = []
  const note = (reason: unknown): unknown => found.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return found
}

it('asks for the next page while this one is read, and for no further one', async () => {
  const { pages, asked } = listing(4)
  const reader = pages.pages()
  for (const known of [
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
    [1, 2, 3, 4],
  ]) {
    expect((await reader.next()).done).toBe(false)
    for (let left = 10; left > 0; left--) await turn()
    expect(asked).toEqual(known)
  }
  expect((await reader.next()).done).toBe(true)
})

it('has sent the request before a reader that computes at once gets its page', async () => {
  const written: number[] = []
  // As undici does, which writes a request when the promises at hand are through.
  const later = (page: number): Promise<void> =>
    new Promise((resolve) => process.nextTick(() => resolve(void written.push(page))))
  await listing(3, {}, later).pages.pages().next()
  expect(written).toEqual([1, 2])
})

it('gives out the same items in the same order, each once, as a listing without it', async () => {
  for (const prefetch of [true, false]) {
    const { pages, asked } = listing(3, { prefetch })
    const items: number[] = []
    for await (const item of pages) items.push(item)
    expect(items).toEqual([1, 1.5, 2, 2.5, 3, 3.5])
    expect(asked).toEqual([1, 2, 3])
  }
})

it('asks for nothing ahead where it is not told to, nor for a list', async () => {
  const plain = listing(3, { prefetch: undefined })
  await plain.pages.pages().next()
  for (let left = 10; left > 0; left--) await turn()
  expect(plain.asked).toEqual([1])

  const list = listing(3)
  expect(await list.pages.toArray({ limit: 2 })).toEqual([1, 1.5])
  for (let left = 10; left > 0; left--) await turn()
  expect(list.asked).toEqual([1])
})

it('gives up the page ahead when its reader stops, and leaves no rejection behind', async () => {
  const rejections = unheard()
  let ahead: HttpRequest | undefined
  const never = (page: number, request: HttpRequest): Promise<void> | undefined => {
    if (page < 2) return undefined
    ahead = request
    return new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('given up'))))
  }
  const { pages, asked } = listing(3, {}, never)
  for await (const item of pages) {
    expect(item).toBe(1)
    break
  }
  for (let left = 10; left > 0; left--) await turn()
  expect(ahead?.signal?.aborted).toBe(true)
  expect(asked).toEqual([1, 2])
  expect(rejections).toEqual([])
})

it('tells the failure of the page ahead to whoever asks for it, once, and then asks again', async () => {
  const rejections = unheard()
  let failures = 1
  const { pages, asked } = listing(3, {}, (page) =>
    page === 2 && failures-- > 0 ? Promise.reject(new Error('no answer')) : undefined,
  )
  const reader = pages.pages()
  expect((await reader.next()).value?.items).toEqual([1, 1.5])
  for (let left = 10; left > 0; left--) await turn()
  expect(rejections).toEqual([])
  await expect(reader.next()).rejects.toThrow('no answer')
  expect((await reader.next()).value?.items).toEqual([2, 2.5])
  expect(asked).toEqual([1, 2, 2, 3])
})

it('is ended by the caller’s own signal too', async () => {
  const controller = new AbortController()
  const { pages } = listing(3, { signal: controller.signal }, (page) =>
    page === 2 ? new Promise<void>(() => {}) : undefined,
  )
  const reader = pages.pages()
  await reader.next()
  const second = reader.next()
  controller.abort()
  await expect(second).rejects.toThrow(AbortedError)
})

it('refuses what is no boolean', async () => {
  const wrong = JSON.parse('{ "prefetch": 1 }')
  await expect(listing(1, wrong).pages.pages().next()).rejects.toThrow(InvalidRequestError)
})
