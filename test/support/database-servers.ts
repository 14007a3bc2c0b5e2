import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A real server that a test has started, and that answers at a socket in its own directory. */
export interface DatabaseServer extends AsyncDisposable {
  readonly directory: string
  /** Kills it without a warning, and starts it again on the same files. */
  crash(): Promise<void>
}

const debian = '/usr/lib/postgresql'

/** Finds a program of this machine; `undefined` where it is not installed. */
function find(program: string): string | undefined {
  const versions = isThere(debian) ? readdirSync(debian).map((version) => join(debian, version, 'bin')) : []
  const places = [...(process.env['PATH'] ?? '').split(delimiter), ...versions]
  return places.map((place) => join(place, program)).find(isThere)
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function run(make: (directory: string) => ChildProcess, ready: RegExp, stop: NodeJS.Signals, directory: string) {
  async function start(): Promise<ChildProcess> {
    const child = make(directory)
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', () => reject(new Error(`The server did not start: ${said}`)))
      for (const output of [child.stdout, child.stderr]) {
        output?.on('data', (text: Buffer) => {
          said += String(text)
          if (ready.test(said)) resolve()
        })
      }
    })
    return child
  }
  let child = await start()
  async function end(signal: NodeJS.Signals): Promise<void> {
    child.kill(signal)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
  return {
    directory,
    crash: async () => {
      await end('SIGKILL')
      child = await start()
    },
    [Symbol.asyncDispose]: async () => {
      await end(stop)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

const redis = find('redis-server') ?? find('valkey-server')
/** Whether {@link startRedis} can. */
export const hasRedis: boolean = redis !== undefined

/** Starts a Redis that writes each command to the disk before it answers. */
export async function startRedis(): Promise<DatabaseServer> {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-redis-'))
  const settings = [
    '--port 0',
    `--dir ${directory}`,
    '--unixsocket socket',
    '--save',
    '--appendonly yes',
    '--appendfsync always',
  ]
  const options = settings.flatMap((setting) => [...setting.split(' '), ...(setting === '--save' ? [''] : [])])
  return run(() => spawn(redis ?? '', options, { stdio: 'pipe' }), /ready to accept connections/i, 'SIGTERM', directory)
}

const [initdb, postgres] = [find('initdb'), find('postgres')]
/** Whether {@link startPostgres} can. */
export const hasPostgres: boolean = initdb !== undefined && postgres !== undefined

/** Starts a PostgreSQL with an empty database. */
export async function startPostgres(): Promise<DatabaseServer> {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-postgres-'))
  const options: SpawnOptions = { stdio: 'pipe', cwd: directory }
  // PostgreSQL refuses to run as root, and its packages bring a user for it.
  if (process.getuid?.() === 0) {
    const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres'])))
    if (uid === undefined || gid === undefined) throw new Error('There is no user `postgres`.')
    chownSync(directory, uid, gid)
    Object.assign(options, { uid, gid })
  }
  const data = join(directory, 'data')
  const making = spawn(
    initdb ?? '',
    ['-D', data, '-U', 'hawser', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'],
    options,
  )
  making.stdout?.resume()
  making.stderr?.resume()
  await once(making, 'exit')
  const settings = ['-D', data, '-k', directory, '-c', 'listen_addresses=']
  return run(() => spawn(postgres ?? '', settings, options), /ready to accept connections/, 'SIGQUIT', directory)
}
