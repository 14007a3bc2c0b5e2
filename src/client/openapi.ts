import type { Call } from './call.ts'
import type { CallOptions, PlainOptions, RequestOptions } from './request-options.ts'

/** The methods of a path, as OpenAPI names them. @see https://spec.openapis.org/oas/v3.1.1.html#path-item-object */
type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch' | 'trace'

type MethodOf<Item> = { [M in keyof Item & Method]-?: Item[M] extends undefined ? never : M }[keyof Item & Method]

/** Every route of a description, as in `GET /repos/{owner}/{repo}`. */
export type RouteOf<Paths> = {
  [Path in keyof Paths & string]: `${Uppercase<MethodOf<Paths[Path]>>} ${Path}`
}[keyof Paths & string]

type OperationAt<Paths, Route> = Route extends `${infer Named} ${infer Path}`
  ? Path extends keyof Paths
    ? Lowercase<Named> extends keyof Paths[Path]
      ? Paths[Path][Lowercase<Named>]
      : never
    : never
  : never

/** The JSON of an answer: `undefined` where it has no body, `never` where its body is no JSON. */
type JsonOf<Response> = Response extends { content: infer Content }
  ? [Content] extends [never]
    ? undefined
    : Content[keyof Content & `${string}json${string}`]
  : undefined

/** The JSON under some statuses; `default` stands for those that are not described. */
type JsonAt<Responses, Status> = [keyof Responses & Status] extends [never]
  ? JsonOf<Responses[keyof Responses & 'default']>
  : JsonOf<Responses[keyof Responses & Status]>

// A status is a number, and a range of them is text.
type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226 | '2XX'
type ResponsesOf<Operation> = Operation extends { responses: infer Responses } ? Responses : never

/** What a route answers with where it succeeds, decoded. `never` where that is no JSON: use `text`, `bytes` or `stream`. */
export type RouteAnswer<Paths, Route> = JsonAt<ResponsesOf<OperationAt<Paths, Route>>, Success>

/** The `body` of the `HttpError` with which a route fails, of one status or of all that are described. */
export type RouteFailure<
  Paths,
  Route,
  Status = Exclude<keyof ResponsesOf<OperationAt<Paths, Route>>, Success>,
> = JsonAt<ResponsesOf<OperationAt<Paths, Route>>, Exclude<Status, Success>>

/** One of the bodies that an operation takes, under the name that a call has for its kind. */
type BodyOptions<Content> = {
  [Type in keyof Content]: Type extends `${string}json${string}`
    ? { readonly json: Content[Type] }
    : Type extends 'application/x-www-form-urlencoded'
      ? { readonly form: Content[Type] }
      : Type extends 'multipart/form-data'
        ? { readonly multipart: FormData }
        : { readonly body: NonNullable<RequestOptions['body']> }
}[keyof Content]

type BodyOf<Operation> = Operation extends { requestBody?: undefined }
  ? unknown
  : Operation extends { requestBody: { content: infer Content } }
    ? BodyOptions<Content>
    : Operation extends { requestBody?: { content: infer Content } }
      ? Partial<BodyOptions<Content>>
      : unknown

type ParametersOf<Operation> = Operation extends { parameters: infer Parameters } ? Parameters : unknown

/** The names of the headers. None is demanded, since the profile sends those that every call needs. */
type HeadersOf<Parameters> = {
  readonly headers?: RequestOptions['headers'] & {
    readonly [Name in keyof NonNullable<Parameters[keyof Parameters & 'header']> & string]?: string | undefined
  }
}

/** The options of a route's call: `path`, `query`, `headers` and a body as they are described, and all that any call takes. */
export type RouteOptions<Paths, Route> = Pick<
  ParametersOf<OperationAt<Paths, Route>>,
  keyof ParametersOf<OperationAt<Paths, Route>> & ('path' | 'query')
> &
  HeadersOf<ParametersOf<OperationAt<Paths, Route>>> &
  BodyOf<OperationAt<Paths, Route>> &
  Omit<PlainOptions, 'headers'> &
  Pick<CallOptions<RouteAnswer<Paths, Route>>, 'schema'>

type Given<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options]

/** A client that knows every endpoint of an OpenAPI description. */
export interface TypedRoutes<Paths> {
  /** Calls a route with what its description asks for, and gives what it says of the answer. */
  // `Route extends RouteOf<Paths>` would say the same, and an editor would then try all routes for each completion.
  request<Route extends string>(
    route: Route extends RouteOf<Paths> ? Route : RouteOf<Paths>,
    ...options: Given<RouteOptions<Paths, Route>>
  ): Call<RouteAnswer<Paths, Route>>
}
