/** The values of the names in a collection's path, such as `{ project: 'p1' }`. */
export type Parents = Readonly<Record<string, string>>

/** The records of a simulated vendor, as a test may look at them and change them. Records are replaced, never changed. */
export interface Collection<T> {
  /** In the order in which they came. `parents` narrows down to those below them. */
  all(parents?: Parents): readonly T[]
  get(id: string | number, parents?: Parents): T | undefined
  insert(record: T, parents?: Parents): T
  /** Puts another record in the place of one; `undefined` where there is none. */
  replace(id: string | number, record: T, parents?: Parents): T | undefined
  remove(id: string | number, parents?: Parents): boolean
}

/** Makes a collection whose records are told apart by a property, within their parents. */
export function createCollection<T>(idOf: (record: T) => string): Collection<T> {
  const entries: { readonly parents: Parents; record: T }[] = []
  const isBelow = (of: Parents, parents: Parents): boolean =>
    Object.entries(parents).every(([name, value]) => of[name] === value)
  const indexOf = (id: string | number, parents: Parents): number =>
    entries.findIndex((entry) => idOf(entry.record) === String(id) && isBelow(entry.parents, parents))

  return {
    all: (parents = {}) => entries.filter((entry) => isBelow(entry.parents, parents)).map(({ record }) => record),
    get: (id, parents = {}) => entries[indexOf(id, parents)]?.record,
    insert(record, parents = {}) {
      entries.push({ parents, record })
      return record
    },
    replace(id, record, parents = {}) {
      const entry = entries[indexOf(id, parents)]
      if (!entry) return undefined
      return (entry.record = record)
    },
    remove(id, parents = {}) {
      const at = indexOf(id, parents)
      if (at >= 0) entries.splice(at, 1)
      return at >= 0
    },
  }
}
