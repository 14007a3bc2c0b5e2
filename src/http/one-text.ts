/**
 * Gives a text as the one copy that all share who have the same, for what each connection would keep one of: 30 to 80 bytes, more
 * where it is part of a longer text, which it keeps.
 */
export function oneText(text: string): string {
  // The names of properties are kept once, for as long as anybody has them. An object with a prototype would have a shape made
  // for each of them, of which there may be only so many.
  const names: Record<string, true> = Object.create(null)
  names[text] = true
  const [one] = Object.keys(names)
  // Plain JavaScript may give what is no text, and looks for it as it is.
  return one === text ? one : text
}
