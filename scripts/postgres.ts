/** Postgres: a PostgreSQL server for one test run, as fast as forgetting everything allows. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export type Postgres = AsyncDisposable & Readonly<{ url: string }>

type Owner = Readonly<{ uid?: number; gid?: number }>

/** Nothing is flushed, since nothing is to survive. */
const settings = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'timezone=UTC',
].flatMap((setting) => ['-c', setting])

/** Starts a server of its own on a free port; undefined when PostgreSQL is not installed. */
export async function startPostgres(): Promise<Postgres | undefined> {
  const bin = binFolder()
  if (!bin) return undefined
  const owner = ordinaryUser()
  const home = mkdtempSync(join(tmpdir(), 'traboule-postgres-'))
  if (owner.uid !== undefined) chownSync(home, owner.uid, owner.gid ?? owner.uid)
  const data = join(home, 'data')
  // Run from a folder that the ordinary user can enter.
  const run = { ...owner, cwd: home } as const
  const make = ['-D', data, '-U', 'traboule', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  execFileSync(join(bin, 'initdb'), [...make, '--locale=C'], { ...run, stdio: 'pipe' })
  const port = await freePort()
  const args = ['-D', data, '-p', String(port), ...settings]
  const server = spawn(join(bin, 'postgres'), args, { ...run, stdio: ['ignore', 'ignore', 'pipe'] })
  const forget = () => {
    server.kill('SIGQUIT')
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }) // still writing
  }
  process.once('exit', forget)
  await ready(server)
  return {
    url: `postgres://traboule@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      process.off('exit', forget)
      const ended = server.exitCode === null ? once(server, 'exit') : undefined
      server.kill('SIGINT') // PostgreSQL's "fast": open connections are closed
      await ended
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Debian keeps the server's programs out of the path. The newest version is taken. */
function binFolder(): string | undefined {
  const inPath = (process.env.PATH ?? '').split(':')
  const ofDebian = globSync('/usr/lib/postgresql/*/bin').sort((a, b) => versionOf(b) - versionOf(a))
  return [...ofDebian, ...inPath].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
}

const versionOf = (path: string) => Number.parseInt(path.split('/')[4] ?? '', 10)

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): Owner {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string, user: string) =>
    Number(execFileSync('id', [flag, user], { stdio: ['ignore', 'pipe', 'ignore'] }).toString())
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', user), gid: idOf('-g', user) }
    } catch {} // no such user: the next one
  }
  return {}
}

/** Asked from the system and given back: PostgreSQL cannot choose one itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

async function ready(server: ChildProcess): Promise<void> {
  if (!server.stderr) throw new Error('the server’s log is not piped')
  const said: string[] = []
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line)
    if (!line.includes('ready to accept connections')) continue
    server.stderr.resume()
    return
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`)
}
