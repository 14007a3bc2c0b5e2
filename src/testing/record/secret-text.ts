// What is a secret by its name, whatever its value. Names are compared in lower case with underscores.
const names =
  /(?:^|_)(?:token|secret|password|passwd|pwd|passphrase|api_?key|access_?key|private_?key|subscription_?key|credentials?|authorization|assertion|signature|cookie|session|session_?id|code_verifier|device_code|user_code|auth)$/

/** Tells whether a header, a field of a body or a query parameter holds a secret, by its name. */
export function isSecretName(name: string): boolean {
  return names.test(
    name
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replaceAll(/[-.\s]/g, '_'),
  )
}

/** A text that is a secret by its form, in the midst of others: a JSON web token, an authorization, a user in a URL. */
const forms: readonly RegExp[] = [
  /\beyJ[\w-]{5,}(?:\.[\w-]*)+/g,
  /(?<=\b(?:bearer|basic|token|dpop)\s{1,4})[\w~+/.=-]{6,}/gi,
  /(?<=\/\/)[^\s/@]+(?=@)/g,
]

/** Replaces every part of a text that is a secret by its form, or that nobody could have thought of. */
export function replaceSecretForms(text: string, replace: (secret: string) => string): string {
  const known = forms.reduce((all, form) => all.replace(form, (secret) => replace(secret)), text)
  return known.replace(/[A-Za-z0-9_-]{20,}/g, (run) => (isRandom(run) ? replace(run) : run))
}

/** Tells what is drawn at random from what is written in words: `my-repository-of-2024` is not, and a key of base64 is. */
function isRandom(text: string): boolean {
  if (entropyOf(text) < 3) return false
  const pieces = text.split(/[_-]/)
  const mixed = pieces.some((piece) => piece.length >= 6 && /[a-z]/i.test(piece) && /\d/.test(piece))
  const turns = text.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g)?.length ?? 0
  return mixed || turns >= 4
}

/** Bits for each character. @see https://en.wikipedia.org/wiki/Entropy_(information_theory) */
function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
