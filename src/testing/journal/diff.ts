/**
 * Compares what was expected with what came, both in order. Returns nothing where they agree; else one line for each, with
 * `-` before what did not come and `+` before what came too much.
 */
export function diffLines<T>(
  expected: readonly string[],
  actual: readonly T[],
  fits: (line: string, item: T) => boolean,
  written: (item: T) => string,
): string | undefined {
  // How many lines of the rest agree at most, from each place on: the longest common subsequence.
  const common = Array.from({ length: expected.length + 1 }, () => Array.from({ length: actual.length + 1 }, () => 0))
  const at = (line: number, item: number): number => common[line]?.[item] ?? 0
  for (let line = expected.length - 1; line >= 0; line--) {
    for (let item = actual.length - 1; item >= 0; item--) {
      const row = common[line]
      if (row)
        row[item] = agree(line, item) ? at(line + 1, item + 1) + 1 : Math.max(at(line + 1, item), at(line, item + 1))
    }
  }

  function agree(line: number, item: number): boolean {
    const [wanted, got] = [expected[line], actual[item]]
    return wanted !== undefined && got !== undefined && fits(wanted, got)
  }

  const lines: string[] = []
  let [line, item] = [0, 0]
  while (line < expected.length || item < actual.length) {
    const got = actual[item]
    if (got !== undefined && agree(line, item)) {
      lines.push(`    ${written(got)}`)
      line++
      item++
    } else if (line < expected.length && (got === undefined || at(line + 1, item) >= at(line, item + 1))) {
      lines.push(`  - ${expected[line++]}`)
    } else if (got !== undefined) {
      lines.push(`  + ${written(got)}`)
      item++
    }
  }
  return lines.every((each) => each.startsWith('    ')) ? undefined : lines.join('\n')
}
