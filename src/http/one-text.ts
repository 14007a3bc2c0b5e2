/**
 * Gives a text as the one copy that all share who have the same, for what each connection would keep one of: 30 to 80 bytes, more
 * where it is part of a longer text, which it keeps.
 */
export function oneText(text: string): string {
  // The names of properties are kept once, for as long as anybody has them.
  const [one = text] = Object.keys({ [text]: true })
  return one
}
