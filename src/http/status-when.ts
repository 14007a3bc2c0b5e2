import { fieldAt, parseJson } from '../json-value.ts'
import { bodyMentions, bodyText, isSuccess, type HttpResponse } from './response.ts'

/** Tells the status that an answer has by its body; `undefined` where its own status says it all. */
export type ReadStatus = (response: HttpResponse) => number | undefined

/** Options of {@link statusWhen}. Places are dotted paths into a JSON body. */
export interface StatusWhenOptions {
  /** The field that tells failures apart, such as `ok` or `errors.0`. */
  readonly field: string
  /** What it holds in a failure, such as `false`. @default anything: that it is there says it */
  readonly is?: string | number | boolean
  /** Where the vendor's code stands, such as `error`. */
  readonly code: string
  /** The status that each code stands for. */
  readonly statuses: Readonly<Record<string, number>>
  /** The status of all other codes. @default 400 */
  readonly otherwise?: number
}

/** Reads failures that come with a status of success. A streamed body is not looked into. */
export function statusWhen(options: StatusWhenOptions): ReadStatus {
  const { field, is, code, statuses, otherwise = 400 } = options
  // What does not even name the code, or the field that a failure alone has, is no failure and is not decoded twice.
  const mark = `"${(is === undefined ? field.split('.')[0] : code.split('.').at(-1)) ?? ''}"`
  return function statusWhen(response) {
    if (!isSuccess(response.status) || !bodyMentions(response, mark)) return undefined
    const answer = parseJson(bodyText(response))
    const found = fieldAt(answer, field)
    if (is === undefined ? found === undefined : found !== is) return undefined
    const said = fieldAt(answer, code)
    return typeof said === 'string' && Object.hasOwn(statuses, said) ? statuses[said] : otherwise
  }
}
