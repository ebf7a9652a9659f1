/**
 * Fresh: databases for tests. To make one and to migrate it takes seconds, to copy it a tenth of one:
 * each kind is made once and kept as a template, under a name that follows from what is in it.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Client } from 'pg'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'

/** Migrations that the database has already, after those of followers. */
export type Migrated = Readonly<{ name: string; folder: URL }>

type Fresh = AsyncDisposable & Readonly<{ url: string }>

/**
 * A new database that is gone afterwards: on the server of DATABASE_URL when that is set, else
 * embedded in a temporary folder. Dispose it after whatever uses it.
 */
export async function freshDatabase(migrated?: Migrated): Promise<Fresh> {
  const server = process.env.DATABASE_URL
  if (server?.startsWith('postgres')) return onServer(new URL(server), migrated)
  const folder = await mkdtemp(join(tmpdir(), 'traboule-db-'))
  const template = migrated ? await migratedFolder(migrated) : await emptyFolder()
  await cp(template, join(folder, 'data'), { recursive: true })
  return {
    url: `pglite://${join(folder, 'data')}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function emptyFolder(): Promise<string> {
  return keptFolder(await versionOfPglite(), async (draft) => {
    await (await PGlite.create(draft)).close()
  })
}

async function migratedFolder(migrated: Migrated): Promise<string> {
  const name = `${await versionOfPglite()}-${await nameOf(migrated)}`
  return keptFolder(name, async (draft) => {
    await cp(await emptyFolder(), draft, { recursive: true })
    await fill(`pglite://${draft}`, migrated)
  })
}

/** The folder that is kept under `name`; `make` fills it unless it was filled before. */
async function keptFolder(name: string, make: (draft: string) => Promise<void>): Promise<string> {
  const kept = join(tmpdir(), `traboule-pglite-${name}`)
  if (existsSync(kept)) return kept
  const draft = await mkdtemp(join(tmpdir(), 'traboule-pglite-draft-'))
  await make(draft)
  await rename(draft, kept).catch(() => rm(draft, { recursive: true })) // another was faster
  return kept
}

async function versionOfPglite(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  return JSON.parse(await readFile(join(dirname(entry), '../package.json'), 'utf8')).version
}

const ofFollowers = new URL('../chain/migrations/', import.meta.url)

async function nameOf({ name, folder }: Migrated): Promise<string> {
  const hash = createHash('sha256')
  for (const each of [ofFollowers, folder])
    for (const file of (await readdir(each)).sort())
      hash.update(file).update(await readFile(new URL(file, each)))
  return `${name}_${hash.digest('hex').slice(0, 16)}`
}

async function fill(url: string, { name, folder }: Migrated): Promise<void> {
  await using database = await openDatabase(url)
  await migrate(database.db, 'follow', ofFollowers)
  await migrate(database.db, name, folder)
}

async function onServer(server: URL, migrated: Migrated | undefined): Promise<Fresh> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const template = migrated && (await templateOn(server, migrated))
  await tell(server, `create database ${name} ${template ? `template ${template}` : ''}`)
  return {
    url: named(server, name),
    async [Symbol.asyncDispose]() {
      await tell(server, `drop database if exists ${name} with (force)`)
    },
  }
}

async function templateOn(server: URL, migrated: Migrated): Promise<string> {
  const template = `template_${await nameOf(migrated)}`
  const known = await tell(server, `select 1 from pg_database where datname = '${template}'`)
  if (known > 0) return template
  const draft = `draft_${randomUUID().replaceAll('-', '')}`
  await tell(server, `create database ${draft}`)
  await fill(named(server, draft), migrated)
  const taken = () => tell(server, `drop database ${draft}`) // another was faster
  await tell(server, `alter database ${draft} rename to ${template}`).catch(taken)
  return template
}

function named(server: URL, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** Runs a statement on the server's own database; how many rows it gave. */
async function tell(server: URL, statement: string): Promise<number> {
  const client = new Client({ connectionString: server.href })
  await client.connect()
  const { rowCount } = await client.query(statement).finally(() => client.end())
  return rowCount ?? 0
}
