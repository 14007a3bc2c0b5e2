// The harness in plain Jest: CommonJS, no transform, no flag for ES modules.
const { casesOn, checkFront, checkTwo } = require('./check-harness.cjs')

const hawser = { ...require('hawser'), ...require('hawser/github'), ...require('hawser/testing') }
// Jest cannot load MSW from 2.13 on, which has a dependency of ES modules only. @see https://github.com/mswjs/msw/issues/2698
const fronts = process.env.MSW_LOADS === 'yes' ? ['msw', 'memory', 'loopback'] : ['memory', 'loopback']

for (const front of fronts) {
  test(`${front}, in Jest`, () => checkFront(hawser, front))
  test(`${front}, two vendors, in Jest`, () => checkTwo(hawser, front))
  for (const { name, skip, run } of casesOn(hawser, front)) (skip ? test.skip : test)(`${front}, in Jest: ${name}`, run)
}

if (process.env.MSW_LOADS !== 'yes') {
  test('says which front does without MSW, where it cannot be loaded', async () => {
    await expect(checkFront(hawser, 'msw')).rejects.toThrow("front: 'memory'")
  })
}
