import { expect, it } from 'vitest'
import { fakeClock } from 'hawser/testing'
import { kept } from '../../src/oauth/kept.ts'

const times = { freshMs: 3_600_000, pauseMs: 60_000 }

it('asks a server that cannot answer once in a pause, and gives what is old meanwhile', async () => {
  const clock = fakeClock()
  let loads = 0
  const document = kept(async () => {
    if (++loads > 1) throw new Error('down')
    return 'old'
  }, times)
  await document.get(clock.runtime)
  clock.advance(times.freshMs)
  for (let call = 0; call < 10; call++) expect(await document.get(clock.runtime)).toBe('old')
  expect(await document.newer('old', clock.runtime)).toBe('old')
  expect(loads).toBe(2)
  clock.advance(times.pauseMs)
  expect(await document.get(clock.runtime)).toBe('old')
  expect(loads).toBe(3)
})

it('waits five seconds for a server that does not answer, and gives what is old; what comes late serves the next', async () => {
  const clock = fakeClock()
  let answer: (value: string) => void = () => {}
  let loads = 0
  const document = kept(
    async () => (++loads === 1 ? 'old' : new Promise<string>((resolve) => (answer = resolve))),
    times,
  )
  await document.get(clock.runtime)
  clock.advance(times.freshMs)
  const asked = document.get(clock.runtime)
  clock.advance(5_000)
  expect(await asked).toBe('old')
  answer('new')
  expect(await document.get(clock.runtime)).toBe('new')
  expect(loads).toBe(2)
})

it('gives what is new at once, and leaves no timer behind', async () => {
  const clock = fakeClock()
  let loads = 0
  const document = kept(async () => `load ${++loads}`, times)
  expect(await document.get(clock.runtime)).toBe('load 1')
  clock.advance(times.freshMs)
  expect(await document.get(clock.runtime)).toBe('load 2')
  expect(clock.pending).toBe(0)
})
