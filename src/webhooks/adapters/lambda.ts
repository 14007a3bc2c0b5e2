import type { IncomingWebhook } from '../incoming.ts'
import type { Receiver } from '../receiver.ts'

/**
 * What is used of the events of API Gateway and of function URLs, in both payload formats.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export interface LambdaEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | null
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  /** Format 1.0. */
  readonly httpMethod?: string
  readonly path?: string
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null
  /** Format 2.0. */
  readonly rawPath?: string
  readonly rawQueryString?: string
  readonly requestContext?: {
    readonly http?: { readonly method: string }
    readonly domainName?: string | undefined
    readonly path?: string | undefined
  }
}

/** What Lambda gives back, in both formats. */
export interface LambdaResult {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** Makes a handler for AWS Lambda behind API Gateway (REST and HTTP) or a function URL. */
export function lambdaHandler<Events extends object>(
  receive: Receiver<Events>,
): (event: LambdaEvent) => Promise<LambdaResult> {
  return async function webhook(event) {
    const { status, headers, body } = await receive.handle(fromLambda(event))
    return { statusCode: status, headers: { ...headers }, body }
  }
}

function fromLambda(event: LambdaEvent): IncomingWebhook {
  const { requestContext = {}, body } = event
  const host = requestContext.domainName ?? 'localhost'
  const path = event.rawPath ?? requestContext.path ?? event.path ?? '/'
  const query = event.rawQueryString ?? queryOf(event.multiValueQueryStringParameters ?? {})
  return {
    method: requestContext.http?.method ?? event.httpMethod ?? 'POST',
    url: `https://${host}${path}${query === '' ? '' : `?${query}`}`,
    // Format 1.0 keeps only the last of repeated headers in `headers`.
    headers: event.multiValueHeaders ?? event.headers ?? {},
    body: body ? Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8') : null,
  }
}

function queryOf(values: Readonly<Record<string, readonly string[] | undefined>>): string {
  const pairs = Object.entries(values).flatMap(([name, all = []]) =>
    all.map((value): [string, string] => [name, value]),
  )
  return new URLSearchParams(pairs).toString()
}
