/** Adopt: from a deal that was only announced to tasks that can be worked on. */
import { AppError, Deal, Task } from '@traboule/protocol'
import type { ChainClient, Log } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import type { Address, Hex } from 'viem'
import { inChunks } from '../db/chunks.ts'
import type { Tables } from '../db/schema.ts'
import { refold } from '../tasks/observe.ts'
import * as Terms from './terms.ts'

export type AdoptOptions = Readonly<{
  db: Kysely<Tables>
  client: ChainClient
  hub: Address
  workerpool: Address
  log: Log
}>

/** Reads the terms of announced deals and writes their tasks. Returns the tasks that are new. */
export async function adopt(options: AdoptOptions): Promise<readonly Hex[]> {
  const rows = await options.db
    .selectFrom('pool_deals')
    .select(['deal_id', 'block', 'block_hash'])
    .where('workerpool', '=', options.workerpool)
    .where('terms', 'is', null)
    .execute()
  const notices = rows.map((row) => {
    return { dealId: row.deal_id, block: BigInt(row.block), blockHash: row.block_hash }
  })
  const adopted = await Promise.all(notices.map((notice) => tryOne(notice, options)))
  return adopted.flat()
}

/** A deal that cannot be read now does not keep the others waiting: it is tried again. */
async function tryOne(notice: Terms.Notice, options: AdoptOptions): Promise<readonly Hex[]> {
  return adoptOne(notice, options).catch((error) => {
    if (!(error instanceof AppError)) throw error
    options.log.warn('deal.unreadable', { dealId: notice.dealId, error })
    return []
  })
}

async function adoptOne(notice: Terms.Notice, options: AdoptOptions): Promise<readonly Hex[]> {
  const { db, client, hub, workerpool, log } = options
  const terms = await Terms.read(client, hub, notice)
  if (!terms) {
    log.debug('deal.unsettled', { dealId: notice.dealId })
    return []
  }
  const tasks = Deal.indexes(terms).map((index) => ({
    task_id: Task.id(terms.dealId, index),
    deal_id: terms.dealId,
    workerpool,
    task_index: index,
  }))
  const ids = tasks.map(({ task_id }) => task_id)
  return db.transaction().execute(async (tx) => {
    const kept = await tx
      .updateTable('pool_deals')
      .set({ terms: Terms.stringify(terms) })
      .where('deal_id', '=', notice.dealId)
      .where('block_hash', '=', notice.blockHash) // else a reorg came between
      .where('terms', 'is', null)
      .returning('deal_id')
      .execute()
    if (kept.length === 0) return []
    await inChunks(tasks, (part) =>
      tx
        .insertInto('pool_tasks')
        .values([...part])
        .returning('task_id')
        .execute(),
    )
    await refold(tx, workerpool, ids)
    log.info('deal.adopted', { dealId: terms.dealId, tasks: ids.length, trust: terms.trust })
    return ids
  })
}
