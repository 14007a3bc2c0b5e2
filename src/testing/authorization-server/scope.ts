import { refuse } from './refusal.ts'
import type { Settings } from './options.ts'

/**
 * Gives the scope that is asked for, separated by spaces.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function askedScope({ scopes }: Settings, asked: string | null, separator = ' '): string {
  // What another separator joins is one scope to whoever splits at its own.
  if (separator !== ' ' && asked?.includes(' ')) refuse('invalid_scope', `Scopes are separated by ${separator} here.`)
  const list = (asked ?? '').split(separator).filter((one) => one !== '')
  const unknown = list.find((one) => scopes?.has(one) === false)
  return unknown === undefined ? list.join(' ') : refuse('invalid_scope', `There is no scope ${unknown}.`)
}

/**
 * Gives the scope that a request asks for, which is all of what there is unless it says less.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function narrowedScope(asked: string | null, granted: string): string {
  if (asked === null || asked === '') return granted
  const more = asked.split(' ').find((one) => !includesScope(granted, one))
  return more === undefined ? asked : refuse('invalid_scope', `The scope ${more} was not granted.`)
}

/** Tells whether a scope is one of those separated by spaces. */
export function includesScope(scope: string, one: string): boolean {
  return scope.split(' ').includes(one)
}
