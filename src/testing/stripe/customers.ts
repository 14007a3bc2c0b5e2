import type { Customer } from 'hawser/stripe'
import type { Input } from '../simulators/definition.ts'
import { noSuch } from './errors.ts'
import { metadata, text } from './fields.ts'
import { below, common, happened, newId, type Asked, type Handler } from './ground.ts'
import { listed } from './lists.ts'

/** The routes of customers. @see https://docs.stripe.com/api/customers */
export const customerRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/customers': (asked) => {
    const customer = newCustomer(asked)
    asked.collections.customers.insert(customer, below(asked))
    happened(asked, 'customer.created', customer)
    return { json: customer }
  },
  'GET /v1/customers': (asked) => listed(asked, asked.collections.customers, { email: ({ email }) => email }),
  'GET /v1/customers/{id}': (asked) => {
    const { id = '' } = asked.params
    const found = one(asked) ?? asked.collections.deleted.get(id, below(asked))
    return found ? { json: found } : noSuch('customer', id)
  },
  'POST /v1/customers/{id}': (asked) => {
    const customer = one(asked)
    if (!customer) return noSuch('customer', asked.params['id'])
    const changed = { ...customer, ...changes(asked.input, customer) }
    asked.collections.customers.replace(customer.id, changed, below(asked))
    const before = Object.entries(customer).filter(([name, value]) => Reflect.get(changed, name) !== value)
    happened(asked, 'customer.updated', changed, Object.fromEntries(before))
    return { json: changed }
  },
  'DELETE /v1/customers/{id}': (asked) => {
    const customer = one(asked)
    if (!customer) return noSuch('customer', asked.params['id'])
    const { id } = customer
    asked.collections.customers.remove(id, below(asked))
    happened(asked, 'customer.deleted', customer)
    const left = { id, object: 'customer', deleted: true as const }
    return { json: asked.collections.deleted.insert(left, below(asked)) }
  },
}

function one({ collections, params, headers }: Asked): Customer | undefined {
  return collections.customers.get(params['id'] ?? '', below({ headers }))
}

const texts = ['email', 'name', 'phone', 'description'] as const

/** Of a form that says `email=`, the email is deleted. */
function changes(input: Input, before: Customer): Partial<Customer> {
  const given = texts.filter((name) => input[name] !== undefined).map((name) => [name, text(input[name])])
  return { ...Object.fromEntries(given), metadata: metadata(input['metadata'], before.metadata) }
}

function newCustomer(asked: Asked): Customer {
  const [email = null, name = null, phone = null, description = null] = texts.map((field) => text(asked.input[field]))
  return {
    id: newId('cus', asked),
    object: 'customer',
    email,
    name,
    phone,
    description,
    balance: 0,
    currency: null,
    delinquent: false,
    ...common(asked),
  }
}
