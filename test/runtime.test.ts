import { expect, it, vi } from 'vitest'
import { AbortedError, systemRuntime, withListener } from 'hawser'
import { watched } from './support/stub.ts'

it('sleeps on when the time is longer than a timer of Node can be', () => {
  vi.useFakeTimers()
  try {
    const runtime = systemRuntime()
    const done = vi.fn()
    runtime.after(3_000_000_000, done)
    vi.advanceTimersByTime(2_999_999_999)
    expect(done).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(done).toHaveBeenCalledTimes(1)
  } finally {
    vi.useRealTimers()
  }
})

it('wakes a sleeper at its abort and leaves no timer and no listener', async () => {
  vi.useFakeTimers()
  try {
    const { signal, abort, listeners } = watched()
    const slept = systemRuntime().sleep(60_000, signal)
    expect(listeners()).toBe(1)
    abort()
    await expect(slept).rejects.toThrow(AbortedError)
    expect(vi.getTimerCount()).toBe(0)
    expect(listeners()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

it('leaves no listener after a sleep that ended by itself', async () => {
  const { signal, listeners } = watched()
  await systemRuntime().sleep(1, signal)
  expect(listeners()).toBe(0)
})

it('does not begin a sleep for a signal that has aborted', async () => {
  await expect(systemRuntime().sleep(60_000, AbortSignal.abort('why'))).rejects.toMatchObject({
    code: 'ABORTED',
    cause: 'why',
  })
})

it('goes on when a listener throws', () => {
  const heard: string[] = []
  const first = withListener(systemRuntime(), () => {
    throw new Error('broken listener')
  })
  const both = withListener(first, ({ type }) => heard.push(type))
  both.emit?.({ type: 'wait', in: 'bulkhead', operation: 'GET /', at: 0, waitedMs: 1 })
  expect(heard).toEqual(['wait'])
})
