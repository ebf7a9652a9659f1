/**
 * Migrate: numbered SQL files, forward only.
 *
 * The number is written in the same transaction as the change, under an advisory lock, so two
 * processes that start together apply each file once. A newer database refuses to open.
 */
import { readdir, readFile } from 'node:fs/promises'
import { AppError } from '@traboule/protocol'
import { type Kysely, sql, type Transaction } from 'kysely'

const LOCK = 7_236_221 // any number that only migrations use

/** Applies what is missing from `folder` to `schema`'s own list of migrations. */
export async function migrate<T>(db: Kysely<T>, name: string, folder: URL): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(tx)
    await sql`create table if not exists migrations (
      service text not null, number integer not null, applied_at timestamptz not null default now(),
      primary key (service, number))`.execute(tx)
    const done = await latest(tx, name)
    const newest = files.length === 0 ? 0 : numberOf(files.at(-1) ?? '')
    if (done > newest)
      throw new AppError(
        'database/newer',
        `The ${name} database is at ${done}, this release knows ${newest}.`,
      )
    for (const file of files.filter((each) => numberOf(each) > done)) {
      await sql`insert into migrations (service, number) values (${name}, ${numberOf(file)})`.execute(
        tx,
      )
      await apply(tx, await readFile(new URL(file, folder), 'utf8'))
    }
  })
}

async function latest<T>(tx: Transaction<T>, name: string): Promise<number> {
  const { rows } = await sql<{ number: number | null }>`
    select max(number) as number from migrations where service = ${name}`.execute(tx)
  return rows[0]?.number ?? 0
}

/** One statement at a time: the extended protocol takes no more. Bodies with `;` are not used. */
async function apply<T>(tx: Transaction<T>, text: string): Promise<void> {
  const bare = text.replace(/--.*$/gm, '')
  for (const statement of bare.split(';').map((part) => part.trim()))
    if (statement !== '') await sql.raw(statement).execute(tx)
}

const numberOf = (file: string) => Number.parseInt(file, 10)
