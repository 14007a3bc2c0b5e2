import { abortSuite } from './transport-aborts.suite.ts'
import { answerSuite } from './transport-answers.suite.ts'
import { connectionSuite } from './transport-connections.suite.ts'
import { faultSuite } from './transport-faults.suite.ts'
import { streamSuite } from './transport-streams.suite.ts'
import type { MakeTransport } from './transport-under-test.ts'

/** What every transport does, on real sockets: any of them can stand in for any other. */
export function transportSuite(make: MakeTransport): void {
  answerSuite(make)
  streamSuite(make)
  faultSuite(make)
  abortSuite(make)
  connectionSuite(make)
}
