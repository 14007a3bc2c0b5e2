// The harness in node:test, by import.
import { test } from 'node:test'
import * as core from 'hawser'
import * as github from 'hawser/github'
import * as testing from 'hawser/testing'
import { casesOn, checkFront, checkTwo } from './check-harness.cjs'

const hawser = { ...core, ...github, ...testing }

for (const front of ['msw', 'memory', 'loopback']) {
  test(`${front}, by import`, () => checkFront(hawser, front))
  test(`${front}, two vendors, by import`, () => checkTwo(hawser, front))
  for (const { name, skip, run } of casesOn(hawser, front))
    (skip ? test.skip : test)(`${front}, by import: ${name}`, run)
}
