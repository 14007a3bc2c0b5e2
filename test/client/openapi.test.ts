import { expect, expectTypeOf, it } from 'vitest'
import {
  Connector,
  HttpError,
  anonymous,
  type CallOptions,
  type RouteAnswer,
  type RouteFailure,
  type RouteOf,
  type RouteOptions,
  type TypedRoutes,
  type VendorProfile,
} from 'hawser'
import { mockVendor, type MockVendor } from 'hawser/testing'
import { checkPages } from '../support/snippets.ts'
// Written by openapi-typescript 7.13.0 from openapi/harbour.yaml.
import type { paths } from './openapi/harbour.ts'

class Harbour extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'harbour',
    baseUrl: 'https://harbour.test',
    headers: { 'x-harbour': 'north' },
    idempotency: { header: 'Idempotency-Key' },
  }

  readonly routes: TypedRoutes<paths> = this.http.withPaths<paths>()
}

interface Berth {
  id: string
  name: string
}

const answering = (respond: (request: Request) => Response): MockVendor =>
  mockVendor({ origin: 'https://harbour.test', respond })
const client = (vendor: MockVendor): Harbour => new Harbour({ auth: anonymous(), ...vendor.options })
const berth = { id: 'b/1', name: 'North 1' }

it('sends path, query, headers and body where they belong', async () => {
  using vendor = answering(() => Response.json(berth))
  const { routes } = client(vendor)
  await routes.request('GET /berths', { query: { free: true, size: [1, 2] }, headers: { 'x-harbour': 'south' } })
  await routes.request('POST /berths', { json: { name: 'North 1', metres: 12.5 } })
  await routes.request('PATCH /berths/{id}', { path: { id: 'b/1' }, form: { name: 'N', tags: { a: 'b' } } })
  await routes.request('PUT /berths/{id}/chart', { path: { id: 7 }, query: { scale: 2 }, body: 'bytes' })
  expect(
    vendor.requests.map(({ method, url, headers, body }) => [
      `${method} ${url.replace('https://harbour.test', '')}`,
      headers['x-harbour'],
      body,
    ]),
  ).toEqual([
    ['GET /berths?free=true&size=1&size=2', 'south', ''],
    ['POST /berths', 'north', '{"name":"North 1","metres":12.5}'],
    ['PATCH /berths/b%2F1', 'north', 'name=N&tags[a]=b'],
    ['PUT /berths/7/chart?scale=2', 'north', 'bytes'],
  ])
})

it('goes through the whole stack, under the route as its operation', async () => {
  using vendor = answering(() => Response.json(berth))
  vendor.fail(503, { headers: { 'retry-after': '2' } })
  const { data, response } = await client(vendor)
    .routes.request('POST /berths', { json: { name: 'North 1' }, idempotencyKey: 'mine' })
    .withResponse()
  expect([data, response.attempts]).toEqual([berth, 2])
  expect(vendor.clock.slept).toEqual([2_000])
  expect(vendor.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', 'mine'])
  await client(vendor).routes.request('DELETE /berths/{id}', { path: { id: 'secret' } })
  expect(vendor.clock.events.map(({ type, operation }) => `${type} ${operation}`)).toEqual([
    'attempt POST /berths',
    'retry POST /berths',
    'attempt POST /berths',
    'call POST /berths',
    'attempt DELETE /berths/{id}',
    'call DELETE /berths/{id}',
  ])
})

it('rejects what the types would have refused, and sends nothing', async () => {
  using vendor = answering(() => Response.json(berth))
  const untyped = client(vendor).http.withPaths<Record<string, Record<string, object>>>()
  const wrong: readonly (readonly [string, object])[] = [
    ['nowhere', {}],
    ['GET /berths/{id}', {}],
    ['GET /berths/{id}', { path: { id: '..' } }],
    ['GET /berths', { querry: {} }],
    ['GET /berths', { path: 'b1' }],
  ]
  for (const [route, options] of wrong) {
    await expect(Reflect.apply(untyped.request, untyped, [route, options])).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
  }
  expect(vendor.requests).toEqual([])
})

it('knows the JSON of a failure, by its status', async () => {
  using vendor = answering(() => Response.json({ message: 'too short' }, { status: 422 }))
  const failure = await client(vendor)
    .routes.request('POST /berths', { json: { name: '' } })
    .catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(HttpError)
  expect(failure).toMatchObject({ body: { message: 'too short' } })
  interface Problem {
    message: string
  }
  expectTypeOf<RouteFailure<paths, 'POST /berths'>>().toEqualTypeOf<Problem>()
  expectTypeOf<RouteFailure<paths, 'GET /berths/{id}', 404>>().toEqualTypeOf<Problem>()
  // Described as `default`.
  expectTypeOf<RouteFailure<paths, 'GET /berths', 500>>().toEqualTypeOf<Problem>()
  expectTypeOf<RouteFailure<paths, 'DELETE /berths/{id}'>>().toEqualTypeOf<never>()
})

it('knows every route, and none that the description lacks', () => {
  expectTypeOf<RouteOf<paths>>().toEqualTypeOf<
    | 'GET /berths'
    | 'POST /berths'
    | 'GET /berths/{id}'
    | 'PATCH /berths/{id}'
    | 'DELETE /berths/{id}'
    | 'GET /berths/{id}/chart'
    | 'PUT /berths/{id}/chart'
    | 'POST /tides'
  >()
})

it('knows what each route answers with', () => {
  expectTypeOf<RouteAnswer<paths, 'GET /berths'>>().toEqualTypeOf<Berth[]>()
  expectTypeOf<RouteAnswer<paths, 'POST /berths'>>().toEqualTypeOf<Berth>()
  expectTypeOf<RouteAnswer<paths, 'PATCH /berths/{id}'>>().toEqualTypeOf<Berth>()
  expectTypeOf<RouteAnswer<paths, 'DELETE /berths/{id}'>>().toEqualTypeOf<undefined>()
  expectTypeOf<RouteAnswer<paths, 'PUT /berths/{id}/chart'>>().toEqualTypeOf<{ bytes: number } | undefined>()
  expectTypeOf<RouteAnswer<paths, 'POST /tides'>>().toEqualTypeOf<{ ok: boolean }>()
  // An image: `request` reads JSON, so that a call of it never succeeds.
  expectTypeOf<RouteAnswer<paths, 'GET /berths/{id}/chart'>>().toEqualTypeOf<never>()
})

it('knows what each route takes', () => {
  type Options<Route extends RouteOf<paths>> = RouteOptions<paths, Route>
  expectTypeOf<Options<'GET /berths/{id}'>['path']>().toEqualTypeOf<{ id: string }>()
  expectTypeOf<Options<'PUT /berths/{id}/chart'>['query']>().toEqualTypeOf<{ scale: number }>()
  expectTypeOf<Options<'POST /berths'>['json']>().toEqualTypeOf<{ name: string; metres?: number }>()
  expectTypeOf<Options<'POST /tides'>['multipart']>().toEqualTypeOf<FormData>()
  expectTypeOf<Options<'GET /berths'>['schema']>().toEqualTypeOf<CallOptions<Berth[]>['schema']>()
  expectTypeOf<Options<'GET /berths'>>().toExtend<{ readonly deadlineMs?: number | undefined }>()
})

const page = (...lines: readonly string[]): string =>
  [
    '```ts',
    "import type { HttpClient } from 'hawser'",
    "import type { paths } from '../../../test/client/openapi/harbour.ts'",
    'const { request } = ({} as HttpClient).withPaths<paths>()',
    ...lines,
    '```',
  ].join('\n')

it('makes compile errors of wrong routes, missing parameters and wrong bodies', { timeout: 120_000 }, () => {
  const mistakes: Record<string, string> = {
    "void request('GET /nowhere')": 'Argument of type \'"GET /nowhere"\' is not assignable',
    "void request('DELETE /berths')": 'Argument of type \'"DELETE /berths"\' is not assignable',
    "void request('GET /berths/{id}')": 'Expected 2 arguments',
    "void request('GET /berths/{id}', { path: {} })": "Property 'id' is missing",
    "void request('GET /berths/{id}', { path: { id: 1 } })": "Type 'number' is not assignable to type 'string'",
    "void request('GET /berths', { query: { free: 'yes' } })": "Type 'string' is not assignable to type 'boolean",
    "void request('GET /berths', { query: { fre: true } })": "Did you mean to write 'free'?",
    "void request('PUT /berths/{id}/chart', { path: { id: 1 }, body: '' })": "Property 'query' is missing",
    "void request('POST /berths', { json: {} })": "Property 'name' is missing",
    "void request('POST /berths', { form: { name: 'x' } })": "'form' does not exist",
    "void request('POST /berths')": 'Expected 2 arguments',
    "void request('GET /berths', { json: {} })": "'json' does not exist",
    "void request('GET /berths', { deadlinMs: 1 })": "Did you mean to write 'deadlineMs'?",
    "void request('POST /berths', { json: { name: 'x' } }).then(({ nam }) => nam)": "Property 'nam' does not exist",
  }
  const right = page("void request('GET /berths')", "void request('PATCH /berths/{id}', { path: { id: 'b' } })")
  const cases = [right, ...Object.keys(mistakes).map((code) => page(code))]
  const [none, ...found] = Object.values(checkPages(Object.fromEntries(cases.entries()), 'snippets-of-openapi'))
  expect(none).toEqual([])
  for (const [at, message] of Object.values(mistakes).entries()) expect(found[at]?.join()).toContain(message)
})
