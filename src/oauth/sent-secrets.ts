import { redactText, secretsRedactor } from 'hawser'

/** Parameters whose values may be repeated in an error. All others are secret: a deny-list misses the vendor's next one. */
const plain: ReadonlySet<string> = new Set([
  'audience',
  'client_assertion_type',
  'client_id',
  'code_challenge_method',
  'grant_type',
  'redirect_uri',
  'requested_token_type',
  'resource',
  'response_type',
  'scope',
  'subject_token_type',
  'actor_token_type',
  'token_type_hint',
])

/** Remembers what was sent in confidence, so that no error repeats it. */
export interface SentSecrets {
  note(parameters: URLSearchParams, headers: Readonly<Record<string, string>>): void
  /** Blanks it in what the server says, and shortens that. */
  readonly redact: (text: string) => string
}

/** Makes a memory for one question: servers repeat what they refuse. */
export function sentSecrets(): SentSecrets {
  const known = new Set<string>()
  return {
    note(parameters, headers) {
      for (const [name, value] of parameters) if (!plain.has(name)) known.add(value)
      for (const name of ['authorization', 'dpop']) {
        const value = headers[name]
        if (value === undefined) continue
        known.add(value)
        const [scheme = '', credentials = ''] = value.split(' ')
        if (credentials !== '') known.add(credentials)
        // What a server decodes, it repeats decoded.
        if (scheme === 'Basic') for (const part of basicParts(credentials)) known.add(part)
      }
    },
    redact: (text) => redactText(secretsRedactor([...known])(text)),
  }
}

function basicParts(credentials: string): readonly string[] {
  const decoded = Buffer.from(credentials, 'base64').toString()
  const secret = decoded.slice(decoded.indexOf(':') + 1)
  // As RFC 6749 encodes it, which is a form's way.
  return [decoded, secret, new URLSearchParams(`secret=${secret}`).get('secret') ?? '']
}
