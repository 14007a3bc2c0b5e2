import { decoded, pageOf, type Method } from './method.ts'
import { bot, workspace } from './records.ts'

/** The methods about people, the token and modals. @see https://docs.slack.dev/reference/methods#users */
export const workspaceMethods: Readonly<Record<string, Method>> = {
  'auth.test': () => ({
    url: workspace.url,
    team: workspace.name,
    team_id: workspace.id,
    user: bot.name,
    user_id: bot.id,
    bot_id: 'B0000000000',
  }),
  'users.list': (called) => pageOf(called, 'members', called.collections.users.all(), ({ id }) => id),
  'users.info': ({ given, collections }) => {
    const user = collections.users.get(given['user'] ?? '')
    return user ? { user } : 'user_not_found'
  },
  'users.lookupByEmail': ({ given, collections }) => {
    const user = collections.users.all().find(({ profile }) => profile?.email === given['email'])
    return user ? { user } : 'users_not_found'
  },
  'views.open': ({ given, sequence }) => {
    const view = decoded(given['view'])
    if (given['trigger_id'] === undefined) return 'invalid_trigger_id'
    if (typeof view !== 'object' || view === null) return 'invalid_arguments'
    return { view: { ...view, id: `V${sequence}`, hash: String(sequence) } }
  },
}
