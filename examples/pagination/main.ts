// Items, pages, and going on where another process stopped.
import { anonymous, link } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor } from 'hawser/testing'

using vendor = mockVendor({
  origin: 'https://api.github.com',
  respond: (request) => {
    const url = new URL(request.url)
    const number = Number(url.searchParams.get('page') ?? 1)
    url.searchParams.set('page', String(number + 1))
    return Response.json([{ number: number * 2 - 1 }, { number: number * 2 }], {
      headers: number < 3 ? { link: `<${url.href}>; rel="next"` } : {},
    })
  },
})
const github = new GitHub({ auth: anonymous(), ...vendor.options })
const issues = github.issues.list({ owner: 'o', repo: 'r' })

for await (const issue of issues) console.log('issue', issue.number)

console.log('the first three:', (await issues.toArray({ limit: 3 })).map(({ number }) => number).join(', '))

const first = await issues.pages().next()
const bookmark = first.done ? undefined : first.value.next
console.log('to be continued from', bookmark)

// The third page is asked for while the second is worked on.
const ahead = github.http.paginate<{ number: number }>('/repos/o/r/issues', { page: link(), prefetch: true })
for await (const page of ahead.pages()) console.log('a page of', page.items.length)
