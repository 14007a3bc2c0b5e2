/** Reads JSON; `undefined` for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Gives a JSON object with fields laid over what is at a dotted path; the empty path is the object itself. */
export function merged(root: unknown, path: string, fields: object): object {
  const own = typeof root === 'object' && root !== null ? root : {}
  if (path === '') return { ...own, ...fields }
  const [name = '', ...rest] = path.split('.')
  const inner: unknown = Object.hasOwn(own, name) ? Reflect.get(own, name) : undefined
  return { ...own, [name]: merged(inner, rest.join('.'), fields) }
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
