#!/usr/bin/env node
import { runLogin } from './login.ts'
import { runNew } from './new.ts'
import { runWebhook } from './webhook.ts'

const usage = `Usage:
  hawser webhook verify|sign|send <vendor> [options]
  hawser login <module>|--issuer URL|--token-url URL --client-id ID --store DIR [options]
  hawser new connector <name>
`

async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'webhook') return runWebhook(args, process)
  if (command === 'login') return runLogin(args, process)
  if (command === 'new') return runNew(args, process)
  process.stderr.write(usage)
  return 2
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error) => {
  if (Reflect.get(error, 'code') !== 'EPIPE') throw error
})

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
