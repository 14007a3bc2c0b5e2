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
 * @throws {ConfigurationError} where it is no record, or naming the first unknown option and those that exist.
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (!isRecord(options)) throw new ConfigurationError(`${owner} takes a plain object of options.`)
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError(`${owner} has no option \`${unknown}\`. It has: ${known.join(', ')}.`)
  }
}

/** Tells a plain object from a list, a class of the platform's such as `Headers` or `Map`, and what is no object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
