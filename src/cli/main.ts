#!/usr/bin/env node
import { runWebhook } from './webhook.ts'

const usage = 'Usage: hawser webhook verify|sign|send <vendor> [options]\n'

async function main([command, ...args]: readonly string[]): Promise<number> {
  if (command === 'webhook') return runWebhook(args, process)
  process.stderr.write(usage)
  return 2
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
