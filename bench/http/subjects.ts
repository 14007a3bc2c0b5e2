import axios from 'axios'
import axiosRetry from 'axios-retry'
import { got } from 'got'
import { Connector, axiosTransport, bearer, type Transport, type VendorProfile } from 'hawser'
import { undiciTransport } from 'hawser/undici'
import ky from 'ky'
import { Pool } from 'undici'

/** A way to get the item, and what it takes to end it. */
export interface Subject {
  readonly name: string
  readonly get: () => Promise<unknown>
  readonly close?: () => unknown
}

const token = 'token-0123456789'
const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
// As many as hawser's bulkhead lets onto the wire, so that nobody has more sockets than the others at the bars.
const connections = 50

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'bench', baseUrl: 'https://bench.example' }
}

function hawserOver(transport: Transport, baseUrl: string): Pick<Subject, 'get' | 'close'> {
  const vendor = new Vendor({ auth: bearer(token), baseUrl, transport })
  return { get: () => vendor.http.get('/items/1'), close: () => vendor.close() }
}

/** Everybody sends the same two headers, and parses the answer. */
export function subjectsFor(origin: string): readonly Subject[] {
  const url = `${origin}/items/1`
  const pool = new Pool(origin, { connections })
  const retrying = axios.create()
  axiosRetry(retrying, { retries: 3 })
  const impatient = got.extend({ headers, retry: { limit: 0 } })
  return [
    {
      name: 'undici `request` on a pool',
      get: async () => (await pool.request({ path: '/items/1', method: 'GET', headers })).body.json(),
      close: () => pool.close(),
    },
    { name: '**hawser on `undiciTransport`, whole stack**', ...hawserOver(undiciTransport(), origin) },
    { name: '**hawser on `axiosTransport`, whole stack**', ...hawserOver(axiosTransport(), origin) },
    { name: 'axios, as it comes', get: async () => (await axios.get<unknown>(url, { headers })).data },
    { name: 'axios + axios-retry', get: async () => (await retrying.get<unknown>(url, { headers })).data },
    { name: 'got, without retries', get: () => impatient(url).json() },
    { name: 'ky, without retries', get: () => ky(url, { headers, retry: 0 }).json() },
  ]
}
