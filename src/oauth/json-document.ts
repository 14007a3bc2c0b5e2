import { bodyText, type Runtime } from 'hawser'
import { decodeBody, type AnswerBody } from './answer-body.ts'
import type { ControlPlane } from './control-plane.ts'
import { refused, unanswered, unreadable, type FailurePlace } from './failures.ts'

/** A public document of an authorization server's: its discovery document, its keys. */
export interface JsonDocument {
  readonly vendor: string
  readonly plane: ControlPlane
  readonly operation: string
  readonly url: string
  readonly runtime: Runtime
}

/**
 * Gets a public document.
 *
 * @throws {OAuthError} where it cannot be had or is no JSON object
 */
export async function getJsonDocument({ vendor, plane, operation, url, runtime }: JsonDocument): Promise<AnswerBody> {
  const place: FailurePlace = { vendor, operation, redact: (text) => text }
  const request = async (): Promise<{ method: string; url: string; headers: Record<string, string> }> => {
    return { method: 'GET', url, headers: { accept: 'application/json', 'user-agent': 'hawser' } }
  }
  const response = await plane({ operation, repeat: 'always', runtime, request }).catch((error: unknown) => {
    throw unanswered(error, place)
  })
  const { status } = response
  if (status !== 200) throw refused({ failure: status >= 500 || status === 429 ? 'retry' : 'protocol', status }, place)
  const document = decodeBody(bodyText(response))
  if (!document) throw unreadable('answered no JSON object', place)
  return document
}
