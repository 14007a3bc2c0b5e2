/** What a command reads and writes: the part of `process` that it uses. */
export interface Console {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { write(text: string | Uint8Array): unknown }
  readonly stderr: { write(text: string): unknown }
}
