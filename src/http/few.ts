/** Items by key. Mostly there is one: it stands for itself then, without the 180 bytes of a map. */
export type Few<T extends Keyed> = Map<string, T> | T | undefined

interface Keyed {
  readonly key: string
}

/** Finds an item. */
export function find<T extends Keyed>(few: Few<T>, key: string): T | undefined {
  if (isMap(few)) return few.get(key)
  return few?.key === key ? few : undefined
}

/** Adds an item that is not there yet; `key` where it is to be found by another one than its own. */
export function added<T extends Keyed>(few: Few<T>, item: T, key: string = item.key): Few<T> {
  if (few === undefined && key === item.key) return item
  const map = isMap(few) ? few : new Map(few && [[few.key, few]])
  return map.set(key, item)
}

/** Takes out what stands under a key. */
export function without<T extends Keyed>(few: Few<T>, key: string): Few<T> {
  if (!isMap(few)) return few?.key === key ? undefined : few
  few.delete(key)
  return few
}

/** All items, in the order in which they were added. */
export function itemsOf<T extends Keyed>(few: Few<T>): Iterable<T> {
  if (isMap(few)) return few.values()
  return few ? [few] : []
}

function isMap<T extends Keyed>(few: Few<T>): few is Map<string, T> {
  return few instanceof Map
}
