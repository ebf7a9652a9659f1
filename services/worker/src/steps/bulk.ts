/**
 * Bulk: the datasets of one task of a deal that was made without one (docs/concepts/bulk.md).
 *
 * An order that the deal may not use leaves its place empty, as the ecosystem's enclaves have it.
 * Whether it may is read as of the deal's own block: a vote must not depend on when a worker looked.
 */
import { AppError, Bulk, type Deal, Order } from '@traboule/protocol'
import { readBlockAt, readFits, readTaken } from '../chain.ts'
import { fetchContent } from '../content/checked.ts'
import type { Parts } from '../parts.ts'
import type { Held } from '../tasks/held.ts'
import { type File, fetchDataset } from './dataset.ts'

/** A dataset in its place; undefined where the order in that place is of no use to the deal. */
export type Place = File | undefined

type Task = Readonly<{ lease: Held['lease']; deal: Deal.Deal }>

/** Throws `bulk/malformed`, `bulk/not-taken`, and what the library throws. */
export async function fetchBulk(
  cid: string,
  task: Task,
  parts: Parts,
  signal: AbortSignal,
): Promise<Place[]> {
  const { index } = task.lease
  const slices = Bulk.slicesOf(await fetchContent(`/ipfs/${cid}`, parts, signal))
  const slice = slices[Number(index)]
  if (slice === undefined) {
    const sentence = `The bulk is for ${slices.length} tasks, and says nothing of task ${index}.`
    throw new AppError('bulk/malformed', sentence, { slices: slices.length, index })
  }
  const orders = Bulk.ordersOf(await fetchContent(`/ipfs/${slice}`, parts, signal))
  const at = await readBlockAt(parts, task.deal.startTime)
  const usable = await Promise.all(
    orders.map(async (order) =>
      order && (await mayUse(order, task, parts, at)) ? order : undefined,
    ),
  )
  const places: Place[] = []
  for (const order of usable) places.push(order && (await datasetOf(order, parts, signal)))
  return places
}

/** Orders that are paid or counted must have been: what nobody took yet may be taken soon. */
async function mayUse(
  order: Order.Order<'dataset'>,
  { lease: { taskId }, deal }: Task,
  parts: Parts,
  at: bigint,
): Promise<boolean> {
  if (Bulk.isEndless(order)) return readFits(parts, order, deal.dealId, at)
  const hash = Order.hash('dataset', order, Order.domain(parts.client.chain.id, parts.hub))
  if (await readTaken(parts, taskId, hash)) return true
  const sentence = `Nobody took the dataset ${order.dataset} for this task yet.`
  throw new AppError('bulk/not-taken', sentence, { taskId, orderHash: hash })
}

/** What is wrong with a dataset for everybody and for good leaves its place empty, too. */
const FLAWS: readonly string[] = ['input/not-content-addressed', 'app/checksum-mismatch']

async function datasetOf({ dataset }: Order.Order<'dataset'>, parts: Parts, signal: AbortSignal) {
  try {
    return await fetchDataset(dataset, parts, signal)
  } catch (error) {
    if (error instanceof AppError && FLAWS.includes(error.code)) return undefined
    throw error
  }
}
