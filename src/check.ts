import { ConfigurationError } from './errors.ts'

/**
 * Checks a number of an option.
 *
 * @throws {ConfigurationError} where it is below `least` or is no number; `Infinity` passes.
 */
export function checkNumber(option: string, value: number, least: number): number {
  if (typeof value !== 'number' || Number.isNaN(value) || value < least) {
    throw new ConfigurationError(`\`${option}\` is a number of at least ${least}.`)
  }
  return value
}

/**
 * Checks that a record holds known options only, so that a misspelt one does not silently change nothing.
 *
 * @throws {ConfigurationError} naming the first unknown option and those that exist.
 */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(`${owner} has no option \`${unknown}\`. It has: ${known.join(', ')}.`)
  }
}
