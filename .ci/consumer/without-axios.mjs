// Runs inside a folder where axios cannot be found: what loads here does not load axios.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
assert.throws(() => require.resolve('axios'), 'axios is there: this check checks nothing')

const core = await import('hawser')
const { GitHub } = await import('hawser/github')
require('hawser')
require('hawser/github')
assert.deepEqual(
  Object.keys(require.cache).filter((file) => file.includes('/axios/')),
  [],
)

// A client with a transport of its own does not load it either.
const transport = async () => ({ status: 200, headers: {}, body: new TextEncoder().encode('{"login":"octocat"}') })
const { login } = await new GitHub({ auth: core.anonymous(), transport }).http.get('/user')
assert.equal(login, 'octocat')

console.log(`${process.version}: hawser and hawser/github load without axios`)
