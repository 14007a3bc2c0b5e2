/** Gives a body with a value at a dotted place, such as `data.0.id`; the empty place is the body itself. */
export function placed(body: unknown, place: string, value: unknown): unknown {
  if (place === '') return value
  const [key = '', ...rest] = place.split('.')
  const inner: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, key) : undefined
  const filled = placed(inner, rest.join('.'), value)
  if (!/^\d+$/.test(key)) return { ...(typeof body === 'object' && body), [key]: filled }
  return Object.assign(Array.isArray(body) ? [...body] : [], { [key]: filled })
}

/** Gives what is at a dotted place of a body. */
export function valueAt(body: unknown, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
      body,
    )
}
