import { expect, it } from 'vitest'
import { createWindow } from '../../src/quota/create-window.ts'
import type { Limit } from '../../src/quota/limit.ts'
import type { Window } from '../../src/quota/window.ts'

const limit = (kind: Limit['kind'], more: Partial<Limit> = {}): Limit => ({
  name: 'w',
  limit: 10,
  windowMs: 1000,
  ...(kind && { kind }),
  ...more,
})

/** Takes as many as go at once. */
function burst(window: Window, now: number): number {
  let count = 0
  for (; window.waitMs(1, now) === 0; count++) window.take(1, now)
  return count
}

function answer(window: Window, count: number, chargedAt: number, answeredAt: number): void {
  for (let call = 0; call < count; call++) window.settle(1, chargedAt, Infinity, answeredAt, answeredAt - chargedAt)
}

it('fills a fixed window, and the next begins on the grid of the clock', () => {
  const window = createWindow(limit('fixed'), 1)
  expect(burst(window, 10_300)).toBe(10)
  answer(window, 10, 10_300, 10_350)
  expect(window.waitMs(1, 10_350)).toBe(650)
  expect(burst(window, 10_999)).toBe(0)
  expect(burst(window, 11_000)).toBe(10)
})

it('counts what was under way at the border in the next window too', () => {
  const window = createWindow(limit('fixed'), 1)
  for (let call = 0; call < 3; call++) window.take(1, 10_990)
  expect(burst(window, 11_000)).toBe(7)
})

it('uses its share of a window and leaves the rest', () => {
  expect(burst(createWindow(limit('fixed'), 0.7), 10_000)).toBe(7)
  expect(burst(createWindow(limit('sliding'), 0.7), 10_000)).toBe(7)
  expect(burst(createWindow(limit('token-bucket'), 0.7), 10_000)).toBe(7)
})

it('takes over a lower limit at once and a higher one with the next window', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = window.take(1, 10_000)
  window.take(1, 10_000)
  const standing = { now: 10_100, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false }
  window.learn({ limit: 5, remaining: 4, resetsAt: 11_000, precisionMs: 0 }, standing)
  expect(window.state(10_100)).toMatchObject({ limit: 5, remaining: 3 })
  window.learn({ limit: 20, remaining: 19, resetsAt: 11_000, precisionMs: 0 }, standing)
  expect(window.state(10_100)).toMatchObject({ limit: 5, remaining: 3 })
  expect(window.state(11_000).limit).toBe(20)
})

it('takes over a higher remainder when nothing else is under way', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = burst(window, 10_000)
  window.learn(
    { remaining: 6, precisionMs: 0 },
    { now: 10_100, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: true },
  )
  // What the vendor does not count (an answer that was not modified, say) is not ours to count either.
  expect(window.state(10_100).remaining).toBe(6)
  const other = createWindow(limit('fixed'), 1)
  const first = other.take(1, 10_000)
  other.learn(
    { remaining: 2, precisionMs: 0 },
    { now: 10_050, chargedAt: 10_000, cost: 1, asked: 1, mark: first, idle: false },
  )
  expect(other.state(10_050).remaining).toBe(2)
  other.learn(
    { remaining: 8, precisionMs: 0 },
    { now: 10_060, chargedAt: 10_000, cost: 1, asked: 1, mark: first, idle: false },
  )
  expect(other.state(10_060).remaining).toBe(2)
  other.learn(
    { remaining: 8, precisionMs: 0 },
    { now: 10_070, chargedAt: 10_000, cost: 1, asked: 1, mark: first, idle: true },
  )
  expect(other.state(10_070).remaining).toBe(8)
})

it('does not mistake calls that followed for use that the vendor forgot', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = window.take(1, 10_000)
  for (let call = 0; call < 4; call++) window.take(1, 10_010)
  window.learn(
    { remaining: 9, precisionMs: 0 },
    { now: 10_050, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false },
  )
  expect(window.state(10_050).remaining).toBe(5)
})

it('takes off what was told to remain the calls that were charged after the answered one', () => {
  for (const kind of ['fixed', 'sliding', 'first-call', 'token-bucket'] as const) {
    const window = createWindow(limit(kind), 1)
    const mark = window.take(1, 10_000)
    for (let call = 0; call < 4; call++) window.take(1, 10_000)
    const told = { remaining: 6, precisionMs: 0 }
    window.learn(told, { now: 10_001, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false })
    expect([kind, window.state(10_001).remaining]).toEqual([kind, 2])
  }
})

it('moves its grid to the reset that the vendor tells', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = window.take(1, 10_300)
  const standing = { now: 10_350, chargedAt: 10_300, cost: 1, asked: 1, mark, idle: true }
  window.learn({ limit: 10, remaining: 9, resetsAt: 10_700, precisionMs: 0 }, standing)
  expect(burst(window, 10_400)).toBe(9)
  expect(window.waitMs(1, 10_400)).toBe(300)
})

it('takes a reset that is told in whole seconds for no new window, so that its share is spent once', () => {
  const window = createWindow(limit('fixed'), 0.7)
  const told = (remaining: number, resetsAt: number, chargedAt: number): void => {
    const now = chargedAt + 50
    const mark = window.take(1, chargedAt)
    const standing = { now, chargedAt, cost: 1, asked: 1, mark, idle: true }
    window.learn({ limit: 10, remaining, resetsAt, precisionMs: 1000 }, standing)
    window.settle(1, chargedAt, mark, now, 50)
  }
  // `t=1` means anything up to a second.
  told(9, 11_050, 10_000)
  told(8, 11_650, 10_600)
  told(7, 11_950, 10_900)
  expect(burst(window, 10_960)).toBe(4)
})

it('ignores an answer that tells of a window that is over', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = window.take(1, 10_900)
  window.learn(
    { remaining: 9, resetsAt: 11_000, precisionMs: 0 },
    { now: 10_950, chargedAt: 10_900, cost: 1, asked: 1, mark, idle: true },
  )
  answer(window, 1, 10_900, 10_950)
  expect(window.waitMs(1, 11_010)).toBe(0)
  window.learn(
    { remaining: 0, resetsAt: 11_000, precisionMs: 0 },
    { now: 11_010, chargedAt: 10_990, cost: 1, asked: 1, mark, idle: true },
  )
  expect(burst(window, 11_020)).toBe(10)
})

it('gives back what an answer shows to be counted in the window before', () => {
  const window = createWindow(limit('fixed'), 1)
  const mark = window.take(1, 10_900)
  const standing = { now: 10_990, chargedAt: 10_900, cost: 1, asked: 1, mark, idle: false }
  window.learn({ remaining: 9, resetsAt: 11_000, precisionMs: 0 }, standing)
  expect(window.state(11_000).remaining).toBe(9)
  window.learn({ remaining: 9, resetsAt: 11_000, precisionMs: 0 }, { ...standing, now: 11_005 })
  expect(window.state(11_005).remaining).toBe(10)
})

it('trusts the border of a window less after a refusal there', () => {
  const window = createWindow(limit('fixed'), 1)
  expect(window.waitMs(1, 11_000)).toBe(0)
  window.take(1, 11_000)
  expect(window.refused(11_000, 11_005, 1)).toBe(11_020)
  answer(window, 1, 11_000, 11_005)
  expect(burst(window, 11_500)).toBe(9)
  expect(window.waitMs(1, 12_000)).toBe(20)
})

it('counts the calls of a first-call window as a log does, until an answer tells its end', () => {
  const window = createWindow(limit('first-call'), 1)
  expect(burst(window, 10_300)).toBe(10)
  // Nobody knows how late the vendor's window began.
  expect(window.waitMs(1, 10_310)).toBe(Infinity)
  answer(window, 10, 10_300, 10_350)
  expect(window.waitMs(1, 10_400)).toBe(904.5)
  const told = { limit: 10, remaining: 0, resetsAt: 11_000, precisionMs: 0 }
  window.learn(told, { now: 10_400, chargedAt: 10_300, cost: 1, asked: 1, mark: 10, idle: false })
  expect(window.waitMs(1, 10_400)).toBe(600)
  expect(burst(window, 11_000)).toBe(10)
})

it('counts in a first-call window what may have come after the one that ended', () => {
  const window = createWindow(limit('first-call'), 1)
  const mark = burst(window, 10_300)
  const standing = { now: 10_320, chargedAt: 10_300, cost: 1, asked: 1, mark: 1, idle: false }
  window.learn({ limit: 10, remaining: 9, resetsAt: 11_000, precisionMs: 0 }, standing)
  answer(window, 7, 10_300, 10_350)
  expect(burst(window, 11_000)).toBe(7)
  // Three are under way yet; one was counted in the window before, another in this one.
  window.learn({ limit: 10, remaining: 0, resetsAt: 11_000, precisionMs: 0 }, { ...standing, now: 11_010, mark })
  expect(burst(window, 11_010)).toBe(0)
  window.learn({ limit: 10, remaining: 1, resetsAt: 11_990, precisionMs: 0 }, { ...standing, now: 11_020, mark })
  expect(window.state(11_020).remaining).toBe(0)
  answer(window, 10, 11_000, 11_050)
  expect(window.waitMs(1, 11_050)).toBe(940)
})

it('lets a sliding window hold no more in any stretch', () => {
  const window = createWindow(limit('sliding'), 1)
  for (let call = 0; call < 5; call++) window.take(1, 10_000)
  answer(window, 5, 10_000, 10_100)
  for (let call = 0; call < 5; call++) window.take(1, 10_500)
  answer(window, 5, 10_500, 10_600)
  expect(window.waitMs(1, 10_600)).toBeGreaterThan(390)
  expect(burst(window, 11_010)).toBe(5)
  expect(window.waitMs(1, 11_010)).toBeGreaterThan(490)
})

it('counts a call in a sliding window without end until it is answered', () => {
  const window = createWindow(limit('sliding'), 1)
  burst(window, 10_000)
  expect(window.waitMs(1, 60_000)).toBe(Infinity)
})

it('counts the use of others in a sliding window once, though many answers tell of it', () => {
  const window = createWindow(limit('sliding'), 1)
  const marks = [window.take(1, 10_000), window.take(1, 10_000)]
  for (const [index, mark] of marks.entries()) {
    window.learn(
      { remaining: 6 - index, precisionMs: 0 },
      { now: 10_050, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false },
    )
  }
  expect(window.state(10_050).remaining).toBe(5)
})

it('gives a token bucket its burst, and then what comes back', () => {
  const window = createWindow(limit('token-bucket', { burst: 20 }), 1)
  expect(burst(window, 10_000)).toBe(20)
  expect(window.waitMs(1, 10_000)).toBe(100)
  expect(burst(window, 10_500)).toBe(5)
})

it('spaces the calls of a leaky bucket evenly', () => {
  const window = createWindow(limit('leaky-bucket'), 1)
  expect(burst(window, 10_000)).toBe(1)
  expect(window.waitMs(1, 10_000)).toBe(100)
  expect(burst(window, 10_100)).toBe(1)
  expect(burst(window, 20_000)).toBe(1)
})

it('charges more, or gives back, when the real cost is known', () => {
  for (const kind of ['fixed', 'first-call', 'sliding', 'token-bucket'] as const) {
    const window = createWindow(limit(kind), 1)
    window.take(8, 10_000)
    window.correct(-6, 10_000, 8)
    expect([kind, window.state(10_000).remaining]).toEqual([kind, 8])
    window.settle(2, 10_000, 8, 10_050, 50)
    expect([kind, window.state(10_050).remaining]).toEqual([kind, 8])
    window.take(1, 10_060)
    window.correct(4, 10_060, 9)
    expect([kind, window.state(10_060).remaining]).toEqual([kind, 3])
  }
})

it('lets a call through that costs more than there ever is, when all of it is there', () => {
  for (const kind of ['fixed', 'sliding', 'token-bucket', 'leaky-bucket', 'first-call'] as const) {
    const window = createWindow(limit(kind), 1)
    expect([kind, window.waitMs(50, 10_000)]).toEqual([kind, 0])
  }
})

it('gives nothing back to a window that a corrected call never counted in', () => {
  const window = createWindow(limit('fixed'), 1)
  window.take(8, 10_900)
  expect(burst(window, 11_000)).toBe(2)
  answer(window, 2, 11_000, 11_050)
  expect(burst(window, 12_000)).toBe(10)
  // It was carried into the second window, and not into the third.
  window.correct(-8, 10_900, 8)
  expect(window.state(12_000).remaining).toBe(0)
})

it('gives back in the window that a call under way was carried into', () => {
  const window = createWindow(limit('fixed'), 1)
  window.take(8, 10_900)
  expect(burst(window, 11_000)).toBe(2)
  window.correct(-6, 10_900, 8)
  expect(window.state(11_000).remaining).toBe(6)
})

it('gives a call’s cost back only as far as what an answer to a later call told leaves', () => {
  for (const kind of ['fixed', 'sliding', 'first-call', 'token-bucket'] as const) {
    const window = createWindow(limit(kind), 1)
    const early = window.take(4, 10_000)
    const mark = window.take(1, 10_000)
    const told = { remaining: 3, precisionMs: 0 }
    window.learn(told, { now: 10_001, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false })
    expect([kind, window.state(10_001).remaining]).toEqual([kind, 3])
    // The vendor may have left it out of what it told already.
    window.correct(-3, 10_000, early)
    expect([kind, window.state(10_001).remaining]).toEqual([kind, 3])
    const later = window.take(3, 10_002)
    window.correct(-2, 10_002, later)
    expect([kind, window.state(10_002).remaining]).toEqual([kind, 2])
  }
})

it('gives a cost back that was told to be used up', () => {
  for (const kind of ['fixed', 'sliding', 'first-call', 'token-bucket'] as const) {
    const window = createWindow(limit(kind), 1)
    const early = window.take(4, 10_000)
    const mark = window.take(1, 10_000)
    const told = { remaining: 7, precisionMs: 0 }
    window.learn(told, { now: 10_001, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: false })
    expect([kind, window.state(10_001).remaining]).toEqual([kind, 5])
    window.correct(-4, 10_000, early)
    expect([kind, window.state(10_001).remaining]).toEqual([kind, 7])
  }
})

it('notices the use of others in a log beside what a call of ours gave back meanwhile', () => {
  const window = createWindow(limit('sliding'), 1)
  const early = window.take(4, 10_000)
  const mark = window.take(1, 10_001)
  window.correct(-4, 10_000, early)
  const told = { remaining: 6, precisionMs: 0 }
  window.learn(told, { now: 10_010, chargedAt: 10_001, cost: 1, asked: 1, mark, idle: false })
  expect(window.state(10_010).remaining).toBe(6)
})

it('counts what a refund leaves to others in a log from the answer that tells of them too', () => {
  const window = createWindow(limit('sliding'), 1)
  const early = window.take(4, 10_000)
  const later = window.take(1, 10_001)
  const told = { remaining: 5, precisionMs: 0 }
  window.learn(told, { now: 10_002, chargedAt: 10_001, cost: 1, asked: 1, mark: later, idle: false })
  window.settle(1, 10_001, later, 10_002, 1)
  // The four were in that figure, or those of others were.
  window.correct(-4, 10_000, early)
  const again = { remaining: 6, precisionMs: 0 }
  window.learn(again, { now: 10_500, chargedAt: 10_000, cost: 0, asked: 4, mark: early, idle: true })
  window.settle(0, 10_000, early, 10_500, 1)
  expect(window.waitMs(7, 11_100)).toBeGreaterThan(0)
  expect(window.waitMs(7, 11_510)).toBe(0)
})

it('starts nothing between the end of a fixed window and the begin that it trusts', () => {
  const window = createWindow(limit('fixed'), 1)
  expect(window.waitMs(1, 11_000)).toBe(0)
  window.take(1, 11_000)
  expect(window.refused(11_000, 11_005, 1)).toBe(11_020)
  answer(window, 1, 11_000, 11_005)
  expect(window.waitMs(1, 11_999)).toBe(0)
  expect(window.waitMs(1, 12_005)).toBe(15)
  expect(window.projectMs(1, 12_005)).toBe(15)
})
