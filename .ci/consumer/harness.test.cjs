// The harness in node:test, by require.
const { test } = require('node:test')
const { casesOn, checkFront, checkTwo } = require('./check-harness.cjs')

const hawser = { ...require('hawser'), ...require('hawser/github'), ...require('hawser/testing') }

for (const front of ['msw', 'memory', 'loopback']) {
  test(`${front}, by require`, () => checkFront(hawser, front))
  test(`${front}, two vendors, by require`, () => checkTwo(hawser, front))
  for (const { name, skip, run } of casesOn(hawser, front))
    (skip ? test.skip : test)(`${front}, by require: ${name}`, run)
}
