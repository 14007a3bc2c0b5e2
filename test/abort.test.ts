import { expect, it } from 'vitest'
import { endOf, onAbort } from 'hawser'
import { AttemptController } from '../src/abort.ts'
import { request } from './support/stub.ts'

it('tells the listeners of an attempt once, and none that left', () => {
  const controller = new AttemptController()
  const told: string[] = []
  const end = endOf(request({ controller }))
  onAbort(end, () => told.push('first'))
  onAbort(end, () => told.push('left'))()
  onAbort(end, () => told.push('second'))
  expect(end?.aborted).toBe(false)
  controller.abort(new Error('enough'))
  controller.abort(new Error('again'))
  expect(told).toEqual(['first', 'second'])
  expect(end?.aborted).toBe(true)
})

it('gives those that ask for a platform signal one that follows', () => {
  const controller = new AttemptController()
  const before = controller.signal
  const reason = new Error('enough')
  controller.abort(reason)
  expect([before.aborted, before.reason]).toEqual([true, reason])
})

it('takes the signal of the caller where there is no attempt, and that of any other controller', () => {
  const controller = new AbortController()
  expect(endOf(request({ signal: controller.signal }))).toBe(controller.signal)
  expect(endOf(request({ controller }))).toBe(controller.signal)
  expect(endOf(request())).toBeUndefined()
})
