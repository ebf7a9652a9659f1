/** Secrets: the table of sealed values. */
import { AppError, type Secret } from '@traboule/protocol'
import type { Log } from '@traboule/service-kit'
import { type Kysely, sql } from 'kysely'
import type { Hex } from 'viem'
import type { Vault } from './vault.ts'

type Key = { kind: string; owner: string; name: string }
type Row = Key & { key_id: string; wrapped_key: string; sealed: string; signed_mark: string }
type Kept = Row & { updated_at?: Date }
export type Tables = { sms_secrets: Kept; sms_replaced: Key & { signed_mark: string } }

/** A value, and the digest by which its owner asked for it. */
export type Pushed = Readonly<{ value: string; digest: Hex }>

export type Secrets = Readonly<{
  has(place: Secret.Place): Promise<boolean>
  /** Keeps a value that was not there. Throws `secret/exists`. */
  create(place: Secret.Place, pushed: Pushed): Promise<void>
  /** Throws `secret/unknown`. */
  replace(place: Secret.Place, pushed: Pushed): Promise<void>
  /** Whether a value signed so was kept here once and replaced. */
  wasReplaced(place: Secret.Place, digest: Hex): Promise<boolean>
  /** The value, for those that may have it: over HTTP only a key that is public anyway. */
  read(place: Secret.Place): Promise<string | undefined>
}>

/**
 * Opens the table, bringing every record under the newest master key. Throws `secret/unreadable`
 * when a master key is missing; a record that is damaged is told and left.
 */
export async function openSecrets(db: Kysely<Tables>, vault: Vault, log: Log): Promise<Secrets> {
  await rotate(db, vault, log)
  const find = (place: Secret.Place) =>
    db.selectFrom('sms_secrets').selectAll().where(at(place)).executeTakeFirst()
  const mark = (place: Secret.Place, digest: Hex) =>
    vault.mark(JSON.stringify([keyOf(place), digest]))
  const rowOf = (place: Secret.Place, { value, digest }: Pushed): Row => ({
    ...keyOf(place),
    ...toColumns(vault.seal(place, value)),
    signed_mark: mark(place, digest),
  })
  return {
    has: async (place) => (await find(place)) !== undefined,
    async create(place, pushed) {
      const made = await db
        .insertInto('sms_secrets')
        .values(rowOf(place, pushed))
        .onConflict((conflict) => conflict.doNothing())
        .returning('kind')
        .execute()
      if (made.length === 0)
        throw new AppError('secret/exists', 'Secret already exists', { ...place })
    },
    async replace(place, pushed) {
      await db.transaction().execute(async (tx) => {
        const before = await tx
          .selectFrom('sms_secrets')
          .selectAll()
          .where(at(place))
          .forUpdate()
          .executeTakeFirst()
        if (!before) throw new AppError('secret/unknown', 'Secret not found', { ...place })
        const { kind: _, owner: __, name: ___, ...changed } = rowOf(place, pushed)
        await tx
          .updateTable('sms_secrets')
          .set({ ...changed, updated_at: new Date() })
          .where(at(place))
          .execute()
        // What is here now may be asked for again; what was here before may not.
        await tx
          .deleteFrom('sms_replaced')
          .where(at(place))
          .where('signed_mark', '=', changed.signed_mark)
          .execute()
        if (before.signed_mark === changed.signed_mark) return
        await tx
          .insertInto('sms_replaced')
          .values({ ...keyOf(place), signed_mark: before.signed_mark })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      })
    },
    async wasReplaced(place, digest) {
      const found = await db
        .selectFrom('sms_replaced')
        .select('kind')
        .where(at(place))
        .where('signed_mark', '=', mark(place, digest))
        .executeTakeFirst()
      return found !== undefined
    },
    async read(place) {
      const row = await find(place)
      return row && vault.open(place, fromColumns(row))
    },
  }
}

/** A master key that is gone is noticed at once, not when somebody needs a secret. */
async function rotate(db: Kysely<Tables>, vault: Vault, log: Log): Promise<void> {
  const old = await db
    .selectFrom('sms_secrets')
    .selectAll()
    .where('key_id', '!=', vault.keyId)
    .execute()
  const lost = old.find(({ key_id }) => !vault.knows(key_id))
  if (lost)
    throw new AppError('secret/unreadable', `No master key ${lost.key_id} is in the file.`, {
      keyId: lost.key_id,
    })
  for (const row of old) {
    const place = row as unknown as Secret.Place // the columns are the place
    try {
      const columns = toColumns(vault.rewrap(place, fromColumns(row)))
      await db
        .updateTable('sms_secrets')
        .set(columns)
        .where(at(place))
        .where('wrapped_key', '=', row.wrapped_key)
        .execute()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      log.error('secret.damaged', { kind: row.kind, owner: row.owner, name: row.name })
    }
  }
}

const keyOf = ({ kind, owner, name }: Secret.Place): Key => ({
  kind,
  owner: owner.toLowerCase(),
  name,
})

function at(place: Secret.Place) {
  const { kind, owner, name } = keyOf(place)
  return sql<boolean>`(kind, owner, name) = (${kind}, ${owner}, ${name})`
}

const toColumns = ({ keyId, wrappedKey, sealed }: ReturnType<Vault['seal']>) => ({
  key_id: keyId,
  wrapped_key: wrappedKey,
  sealed,
})
const fromColumns = ({ key_id, wrapped_key, sealed }: Row) => ({
  keyId: key_id,
  wrappedKey: wrapped_key,
  sealed,
})
