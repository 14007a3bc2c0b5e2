// How often encodings are taken off, one after the other: base64 of a form, JSON in JSON.
const depth = 2

/**
 * Gives a text as it is and as it reads once its encodings are taken off: percent signs, escapes of JSON, base64 and hex,
 * also inside each other.
 */
export function decodings(text: string): readonly string[] {
  let level = [text]
  const all = new Set(level)
  for (let at = 0; at < depth; at++) {
    level = level.flatMap(decodedOnce).filter((one) => !all.has(one))
    for (const one of level) all.add(one)
  }
  return [...all]
}

function decodedOnce(text: string): readonly string[] {
  const found = [percent(text), percent(text.replaceAll('+', ' ')), unescaped(text), ...base64(text), hex(text)]
  return found.filter((one) => one !== '' && one !== text)
}

function percent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_, code: string | undefined, letter: string = '') =>
    code === undefined ? (escapes[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Text may stand right before base64, so that each of the four ways to begin is tried. */
function base64(text: string): readonly string[] {
  const runs = text.match(/[\w+/-]{6,}/g) ?? []
  return [0, 1, 2, 3].map((from) => runs.map((run) => Buffer.from(run.slice(from), 'base64').toString()).join('\n'))
}

function hex(text: string): string {
  const runs = text.match(/(?:[0-9a-f]{2}){4,}/gi) ?? []
  return runs.map((run) => Buffer.from(run, 'hex').toString()).join('\n')
}
