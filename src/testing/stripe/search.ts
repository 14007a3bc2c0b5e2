import type { Reply } from '../simulators/reply.ts'
import { invalid, missing } from './errors.ts'
import { group } from './fields.ts'
import { below, type Asked, type Handler } from './ground.ts'
import { found } from './lists.ts'

/** A condition of a query: `email:"a@b.example"`, `-name~"ann"`, `created>1900000000`, `metadata["order"]:"7"`. */
interface Condition {
  readonly not: boolean
  readonly field: string
  /** The key within `metadata`. */
  readonly key: string | undefined
  readonly operator: string
  /** In lower case; null is what is not there. */
  readonly value: string | null
}

const condition = /^(-?)([a-z_]+)(?:\[(?:"([^"]*)"|'([^']*)')\])?(>=|<=|:|~|>|<)(?:"([^"]*)"|'([^']*)'|(null|-?\d+))/

// @see https://docs.stripe.com/search#query-fields-for-customers
const searchable = ['created', 'email', 'metadata', 'name', 'phone']

/** The search for customers, by Stripe's language. @see https://docs.stripe.com/search#search-query-language */
export const searchRoutes: Readonly<Record<string, Handler>> = {
  'GET /v1/customers/search': (asked): Reply => {
    const query = asked.query.get('query')
    if (query === null) return missing('query')
    const parsed = parse(query)
    if (typeof parsed === 'string') return invalid('query', parsed, 'parameter_invalid')
    const { conditions, any } = parsed
    return found(
      asked,
      customersOf(asked).filter((record) =>
        any ? conditions.some((each) => fits(record, each)) : conditions.every((each) => fits(record, each)),
      ),
    )
  },
}

function customersOf(asked: Asked): ReturnType<Asked['collections']['customers']['all']> {
  return asked.collections.customers.all(below(asked))
}

/** Takes a query apart, or says what is wrong with it. */
function parse(query: string): { readonly conditions: readonly Condition[]; readonly any: boolean } | string {
  const conditions: Condition[] = []
  const joints = new Set<string>()
  let rest = query.trim()
  while (rest !== '') {
    const [whole, not, field = '', key, otherKey, operator = ':', double, single, bare] = condition.exec(rest) ?? []
    if (whole === undefined) return 'We were unable to parse your search query.'
    if (!searchable.includes(field))
      return `Field \`${field}\` is an unsupported search field for resource \`customers\`.`
    const value = double ?? single ?? (bare === 'null' ? null : (bare ?? ''))
    conditions.push({ not: not === '-', field, key: key ?? otherKey, operator, value: value?.toLowerCase() ?? null })
    const [joint = '', named = 'AND'] = /^\s+(?:(AND|OR)\s+)?/i.exec(rest.slice(whole.length)) ?? []
    if (joint === '' && rest.length > whole.length) return 'We were unable to parse your search query.'
    rest = rest.slice(whole.length + joint.length)
    if (rest !== '') joints.add(named.toUpperCase())
  }
  return joints.size > 1 ? 'A query cannot combine AND and OR.' : { conditions, any: joints.has('OR') }
}

function fits(record: object, condition: Condition): boolean {
  return holds(record, condition) !== condition.not
}

function holds(record: object, { field, key, operator, value }: Condition): boolean {
  const held: unknown = Reflect.get(record, field)
  const inner = field === 'metadata' ? group(held)[key ?? ''] : held
  // All that can be searched is a text or a number; what is not there is null.
  const is = typeof inner === 'string' || typeof inner === 'number' ? String(inner).toLowerCase() : null
  if (operator === ':' || is === null || value === null) return operator === ':' && is === value
  if (operator === '~') return is.includes(value)
  const [left, right] = [Number(is), Number(value)]
  if (operator.endsWith('=') && left === right) return true
  return operator.startsWith('>') ? left > right : left < right
}
