import { refuse, type Reply, type SimulatedFailure } from '../simulators/reply.ts'

const documentation = 'https://docs.github.com/rest'

/** Writes an error as GitHub does. @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export function githubError({ status, message, code, details }: SimulatedFailure): unknown {
  const fields = typeof details === 'object' ? details : {}
  return {
    message,
    ...(code !== undefined && { errors: [{ ...fields, code }] }),
    documentation_url: documentation,
    status: String(status),
  }
}

export const notFound: Reply = refuse(404, 'Not Found')
export const notAuthenticated: Reply = refuse(401, 'Requires authentication')

/** @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
export function invalid(resource: string, field: string, code: 'missing_field' | 'invalid'): Reply {
  return refuse(422, 'Validation Failed', code, { resource, field })
}
