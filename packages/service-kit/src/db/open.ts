/** Open: PostgreSQL by `postgres://…`, or PostgreSQL embedded by `pglite://<folder>`. */
import { mkdir } from 'node:fs/promises'
import { PGlite, types } from '@electric-sql/pglite'
import { AppError } from '@traboule/protocol'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import { Pool } from 'pg'

export type Database<Tables> = AsyncDisposable & Readonly<{ db: Kysely<Tables> }>

/** `pglite://memory` forgets on close. Throws `database/unreachable` or `database/damaged`. */
export async function openDatabase<Tables>(url: string): Promise<Database<Tables>> {
  const db = url.startsWith('pglite://') ? await embedded<Tables>(url) : await remote<Tables>(url)
  return { db, [Symbol.asyncDispose]: () => db.destroy() }
}

/** As node-postgres does it: 64 bits do not fit a number. */
const parsers = { [types.INT8]: (text: string) => text }

async function embedded<Tables>(url: string): Promise<Kysely<Tables>> {
  const folder = url.slice('pglite://'.length)
  if (folder !== 'memory') await mkdir(folder, { recursive: true })
  const pglite = await PGlite.create({
    ...(folder !== 'memory' && { dataDir: folder }),
    parsers,
  }).catch((cause) => {
    throw new AppError(
      'database/damaged',
      `The database in ${folder} cannot be read.`,
      { folder },
      cause,
    )
  })
  return new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
}

async function remote<Tables>(url: string): Promise<Kysely<Tables>> {
  // Compiling a query of milliseconds takes longer than the query; the URL may say otherwise.
  const pool = new Pool({ connectionString: url, max: 10, options: '-c jit=off' })
  pool.on('error', () => undefined) // an idle connection died; the next query says so
  try {
    const connection = await pool.connect()
    connection.release()
  } catch (cause) {
    await pool.end()
    const where = hidePassword(url)
    throw new AppError('database/unreachable', `No PostgreSQL at ${where}.`, { url: where }, cause)
  }
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

const hidePassword = (url: string) => url.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@')
