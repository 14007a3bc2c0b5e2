/** Reads JSON; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Looks up a dotted path in a JSON value, such as `extensions.cost`; the empty path is the value itself. */
export function fieldAt(root: unknown, path: string): unknown {
  if (path === '') return root
  let value = root
  for (const name of path.split('.')) {
    // Own fields only: a path never leads to what every object inherits.
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
