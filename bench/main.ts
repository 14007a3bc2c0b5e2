// `npm run bench` runs all benchmarks, `npm run bench -- policies` one of them.
const all: Readonly<Record<string, () => Promise<{ run: () => Promise<void> }>>> = {
  policies: () => import('./policies/main.ts'),
}

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(all, name))
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. There are: ${Object.keys(all).join(', ')}.`)
  process.exit(1)
}
for (const [name, load] of Object.entries(all)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  const { run } = await load()
  await run()
}

export {}
