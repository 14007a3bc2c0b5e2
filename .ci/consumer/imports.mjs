// Runs inside a folder where the packed package is installed: every subpath loads both ways, and the two copies agree.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { exports } = require('hawser/package.json')
const subpaths = Object.keys(exports).filter((subpath) => !subpath.endsWith('.json'))

for (const subpath of subpaths) {
  const name = subpath.replace('.', 'hawser')
  const [esm, cjs] = [await import(name), require(name)]
  assert.notEqual(Object.keys(esm).length, 0, `${name} exports nothing`)
  assert.deepEqual(Object.keys(cjs).toSorted(), Object.keys(esm).toSorted(), `${name} differs between ESM and CommonJS`)
}

const copies = [
  { ...(await import('hawser')), ...(await import('hawser/github')) },
  { ...require('hawser'), ...require('hawser/github') },
]
for (const [here, there] of [copies, copies.toReversed()]) {
  const transport = async () => ({ status: 404, headers: {}, body: new Uint8Array() })
  const client = new here.GitHub({ auth: here.anonymous(), transport })
  const error = await client.http.get('/nothing').catch((caught) => caught)
  assert.equal(error.constructor, here.HttpError, '`hawser` and `hawser/github` have a copy of HttpError each')
  assert.notEqual(here.HttpError, there.HttpError)
  for (const { HttpError, NetworkError, isHawserError } of copies) {
    assert.ok(error instanceof HttpError)
    assert.ok(!(error instanceof NetworkError))
    assert.ok(isHawserError(error))
    assert.ok(!isHawserError(new Error('not hawser')))
  }
}

console.log(`${process.version}: ${subpaths.length} subpaths by import and by require`)
