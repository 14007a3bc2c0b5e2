import { undiciTransport } from 'hawser/undici'
import { paritySuite } from './parity.suite.ts'

paritySuite({
  'loopback, axios': () => ({ front: 'loopback' }),
  'loopback, undici': () => ({ front: 'loopback', transport: undiciTransport({ proxy: false }) }),
  memory: () => ({ front: 'memory' }),
  msw: () => ({ front: 'msw' }),
})
