/** Bulks of the graph: which datasets the tasks of deals use, where deals name lists of them. */
import { type Entity, key, many, maybe, one, text, whole } from './fields.ts'

const listed = (columns: string, which: string) =>
  `(select ${columns}, cid, deals.block from market.bulks
    join market.deals on deals.id = bulks.deal where ${which})`

/** A bulk is called after its deal, and a slice after its deal and index. */
export const bulks: Readonly<Record<string, Entity>> = {
  Bulk: {
    from: listed('deal as id', 'index = -1'),
    fields: {
      id: key('t.id'),
      hash: text('t.cid'),
      slices: many('BulkSlice', 'bulk'),
      deal: one('Deal', 't.id'),
    },
  },
  BulkSlice: {
    from: listed('bulks.id, deal, bulks.index', 'bulks.index >= 0'),
    fields: {
      id: key('t.id'),
      bulk: one('Bulk', 't.deal'),
      hash: text('t.cid'),
      task: maybe(
        'Task',
        '(select id from market.tasks where tasks.deal = t.deal and tasks.index = t.index)',
      ),
      index: whole('t.index'),
      datasets: many('Dataset', used('dataset')),
      datasetOrders: many('DatasetOrder', used('hash')),
    },
  },
}

/** What the slice `:key` names in a column. */
function used(column: 'dataset' | 'hash'): string {
  return `t.id in (select ${column} from market.bulk_orders
    join market.bulks on bulks.cid = bulk_orders.slice
    where bulks.id = :key)`
}

/** The slices that name the dataset `:key`. */
export const bulkUsages = many(
  'BulkSlice',
  't.cid in (select slice from market.bulk_orders where dataset = :key)',
)
