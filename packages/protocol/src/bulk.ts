/**
 * Bulk: what the ecosystem's clients keep behind `bulk_cid`: a JSON list of CIDs, one a task, each of
 * a JSON list of signed dataset orders.
 */
import { z } from 'zod'
import { AppError } from './errors.ts'
import { type Order, schemaOf } from './order.ts'
import { MAX_SAFE } from './scalars.ts'

/** Datasets that one task can use: what the published clients allow. */
export const MOST_DATASETS = 100
/** Tasks that one bulk can be for. */
const MOST_SLICES = 100_000

const CID = /^[1-9A-Za-z]{46,120}$/
const slices = z.array(z.string().regex(CID, 'must be a CID')).min(1).max(MOST_SLICES)
const slice = z.array(z.unknown()).max(MOST_DATASETS)

/** Whether a request's `bulk_cid` may name anything. */
export const isCid = (text: string): boolean => CID.test(text)

/** The CIDs of a bulk's slices, in the order of the tasks' indexes. Throws `bulk/malformed`. */
export function slicesOf(bytes: Uint8Array): string[] {
  return parsed(bytes, slices)
}

/** The orders of a slice, in place; undefined where there is none. Throws `bulk/malformed`. */
export function ordersOf(bytes: Uint8Array): (Order<'dataset'> | undefined)[] {
  const schema = schemaOf('dataset')
  return parsed(bytes, slice).map((each) => schema.safeParse(each).data)
}

/** Whether bulks may use the order without its uses being counted: free, practically without end. */
export function isEndless({
  datasetprice,
  volume,
}: Pick<Order<'dataset'>, 'datasetprice' | 'volume'>) {
  return datasetprice === 0n && volume >= MAX_SAFE - 1n
}

function parsed<T>(bytes: Uint8Array, schema: z.ZodType<T>): T {
  const found = schema.safeParse(jsonOf(bytes))
  if (found.success) return found.data
  const [issue] = found.error.issues
  const sentence = `The bulk is not as it must be: ${issue?.message ?? 'unreadable'}.`
  throw new AppError('bulk/malformed', sentence, { path: issue?.path.join('.') })
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined // told as any other thing that is no list
  }
}
