import type { RouteRequest } from '../simulators/definition.ts'
import { formInput } from '../simulators/form-input.ts'
import type { JsonReply, Reply } from '../simulators/reply.ts'
import { invalid } from './errors.ts'
import { list } from './fields.ts'
import { collectionOfId, type StripeRecords } from './records.ts'

/** Puts objects in the place of their ids, along each path of `expand`. @see https://docs.stripe.com/api/expanding_objects */
export function expandAll(reply: JsonReply, { input, url, collections }: RouteRequest<StripeRecords>): Reply {
  const asked = [...list(input['expand']), ...list(formInput(url.search.slice(1))['expand'])].map(String)
  const find = (id: string): unknown => {
    const name = collectionOfId[id.split('_')[0] ?? '']
    return name && collections[name].get(id)
  }
  const wrong = asked.find((path) => !isExpandable(reply.json, path.split('.')))
  if (wrong !== undefined) return invalid('expand', `This property cannot be expanded (${wrong}).`, 'parameter_invalid')
  return { ...reply, json: asked.reduce((json, path) => expanded(json, path.split('.'), find), reply.json) }
}

function expanded(value: unknown, path: readonly string[], find: (id: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => expanded(item, path, find))
  if (typeof value === 'string') return expanded(find(value) ?? null, path, find)
  const [key, ...rest] = path
  if (key === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value
  return { ...value, [key]: expanded(Reflect.get(value, key), rest, find) }
}

/** Only the first step can be known to be wrong: what follows depends on what is there. */
function isExpandable(body: unknown, [first = '', second]: readonly string[]): boolean {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, first)) return false
  const items: unknown = first === 'data' ? Reflect.get(body, 'data') : undefined
  if (!Array.isArray(items) || second === undefined) return true
  return items.every((item: unknown) => typeof item === 'object' && item !== null && Object.hasOwn(item, second))
}
