// Code written for axios, with a credential, retries and limits that it does not know of.
import { bearer } from 'hawser'
import { axiosOver } from 'hawser/axios'
import { GitHub } from 'hawser/github'
import { mockVendor } from 'hawser/testing'

using vendor = mockVendor({ origin: 'https://api.github.com', respond: () => Response.json({ login: 'octocat' }) })
const axios = axiosOver(new GitHub({ auth: bearer('a-token'), ...vendor.options }))

vendor.fail(502)
const { data, status } = await axios.get<{ login: string }>('/user')
console.log(
  status,
  data.login,
  'after',
  vendor.requests.length,
  'attempts, with',
  vendor.requests[1]?.headers['authorization']?.split(' ')[0],
  'authorization',
)
