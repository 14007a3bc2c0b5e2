import { KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError, checkOptions, type Credential, type HttpRequest } from 'hawser'
import { rotating, type Expiring } from './rotating.ts'
import { signer, type SignerOptions, type SigningContext } from './signer.ts'

/** A signer with keys: `Given` as the user writes them, `Keys` as they are when they are checked and read. */
interface KeyedSigner<Given extends Expiring, Keys extends object> extends Pick<SignerOptions, 'kind' | 'refused'> {
  readonly keys: Given | (() => Given | Promise<Given>)
  readonly check: (given: Given) => Keys
  readonly sign: (request: HttpRequest, keys: Keys, context: SigningContext) => HttpRequest
}

/** Makes the credential of a signer whose keys are fixed, or come from a function and may change. */
export function keyedSigner<Given extends Expiring, Keys extends object>(setup: KeyedSigner<Given, Keys>): Credential {
  const { kind, refused, keys, check, sign } = setup
  if (typeof keys !== 'function') {
    const fixed = check(keys)
    return signer({ kind, refused, sign: (request, context) => sign(request, fixed, context) })
  }
  const source = rotating(keys, check)
  const signedBy = new WeakMap<HttpRequest, Keys>()
  return signer({
    kind,
    refused,
    sign(request, context) {
      function signed(present: Keys): HttpRequest {
        const made = sign(request, present, context)
        signedBy.set(made, present)
        return made
      }
      const present = source.present(context.nowMs)
      return present instanceof Promise ? present.then(signed) : signed(present)
    },
    // Whoever changed the keys meanwhile, those that were refused are not the present ones.
    renew: async (request) => !same(await source.renewed(), signedBy.get(request) ?? {}),
  })
}

function same(keys: object, others: object): boolean {
  return Object.entries(keys).every(([name, value]) => {
    const other: unknown = Reflect.get(others, name)
    // Node 20 takes a KeyObject for equal to no other.
    if (value instanceof KeyObject) return other instanceof KeyObject && value.equals(other)
    return isDeepStrictEqual(value, other)
  })
}

/**
 * Checks the options of a signer that takes its keys written out, or as a function in `keys`.
 *
 * @throws {ConfigurationError} where an option is unknown, or both are given
 */
export function checkKeyOptions(
  owner: string,
  options: object,
  keyNames: readonly string[],
  settingNames: readonly string[],
): void {
  checkOptions(owner, options, ['keys', ...keyNames, ...settingNames])
  const twice = 'keys' in options ? keyNames.find((name) => name in options) : undefined
  if (twice !== undefined) throw new ConfigurationError(`${owner} takes \`keys\` or \`${twice}\`, not both.`)
}
