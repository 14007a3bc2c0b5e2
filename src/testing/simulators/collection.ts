import { ConfigurationError } from 'hawser'

/** The values of the names in a collection's path, such as `{ project: 'p1' }`. */
export type Parents = Readonly<Record<string, string>>

/** The records of a simulated vendor, as a test may look at them and change them. Records are replaced, never changed. */
export interface Collection<T> {
  /** In the order in which they came. `parents` narrows down to those below them. */
  all(parents?: Parents): readonly T[]
  get(id: string | number, parents?: Parents): T | undefined
  /** @throws {ConfigurationError} where there is one with that id already */
  insert(record: T, parents?: Parents): T
  /** Puts another record in the place of one; `undefined` where there is none. */
  replace(id: string | number, record: T, parents?: Parents): T | undefined
  remove(id: string | number, parents?: Parents): boolean
}

/** Records with the same parents. */
interface Group<T> {
  readonly parents: Parents
  readonly records: Map<string, { readonly order: number; readonly record: T }>
}

/** Makes a collection whose records are told apart by a property, within their parents. */
export function createCollection<T>(idOf: (record: T) => string): Collection<T> {
  const groups = new Map<string, Group<T>>()
  let orders = 0

  function groupOf(parents: Parents): Group<T> {
    const key = JSON.stringify(Object.entries(parents).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const known = groups.get(key) ?? { parents, records: new Map() }
    groups.set(key, known)
    return known
  }

  const below = (parents: Parents): readonly Group<T>[] =>
    [...groups.values()].filter((group) =>
      Object.entries(parents).every(([name, value]) => group.parents[name] === value),
    )
  const holding = (id: string | number, parents: Parents): Group<T> | undefined =>
    below(parents).find(({ records }) => records.has(String(id)))

  return {
    all(parents = {}) {
      const [first, ...others] = below(parents)
      const entries = [...(first?.records.values() ?? []), ...others.flatMap(({ records }) => [...records.values()])]
      // A map keeps its order; several have to be brought into one.
      if (others.length > 0) entries.sort((a, b) => a.order - b.order)
      return entries.map(({ record }) => record)
    },
    get: (id, parents = {}) => holding(id, parents)?.records.get(String(id))?.record,
    insert(record, parents = {}) {
      const { records } = groupOf(parents)
      const id = idOf(record)
      if (records.has(id)) throw new ConfigurationError(`The simulator has a record with the id \`${id}\` already.`)
      records.set(id, { order: orders++, record })
      return record
    },
    replace(id, record, parents = {}) {
      const records = holding(id, parents)?.records
      const order = records?.get(String(id))?.order
      if (!records || order === undefined) return undefined
      records.set(String(id), { order, record })
      return record
    },
    remove: (id, parents = {}) => holding(id, parents)?.records.delete(String(id)) ?? false,
  }
}
