/**
 * Reads a form or a query as its sender nested it: `items[0][price]=p` is `{ items: [{ price: 'p' }] }`. All values are texts.
 *
 * @see https://url.spec.whatwg.org/#concept-urlencoded-parser for the names and values; their nesting is a custom of vendors
 */
export function formInput(text: string): Readonly<Record<string, unknown>> {
  return [...new URLSearchParams(text)].reduce<Readonly<Record<string, unknown>>>((all, [name, value]) => {
    const [first = name, ...inner] = keysOf(name)
    return { ...all, [first]: within(all[first], inner, value) }
  }, {})
}

/** `items[0][price]` is `items`, `0` and `price`. */
function keysOf(name: string): readonly string[] {
  const parts = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name)
  const [, first = name, brackets = ''] = parts ?? []
  return [first, ...[...brackets.matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key)]
}

function within(before: unknown, [key, ...rest]: readonly string[], value: string): unknown {
  if (key === undefined) return value
  // A list begins with `[]` or `[0]`; another number is a name, as in metadata.
  if (Array.isArray(before) || (before === undefined && (key === '' || key === '0'))) {
    const list: readonly unknown[] = Array.isArray(before) ? before : []
    const at = key === '' ? list.length : Number(key)
    return at < list.length
      ? list.map((item, index) => (index === at ? within(item, rest, value) : item))
      : [...list, within(undefined, rest, value)]
  }
  const fields = typeof before === 'object' && before !== null ? before : {}
  const inner: unknown = Object.hasOwn(fields, key) ? Reflect.get(fields, key) : undefined
  return { ...fields, [key]: within(inner, rest, value) }
}
