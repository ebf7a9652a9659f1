/**
 * Entities: what the index keeps of the chain, one row a table. Columns, GraphQL and migrations
 * are held equal to this list by tests.
 *
 * `state` rows change and can be taken back; `log` rows are only ever added. Every row carries the
 * `block` that last wrote it.
 */

/** What a column holds. `int` is a bigint too: block numbers, seconds and counts. */
export type ColumnType = 'amount' | 'int' | 'text' | 'hex' | 'yes'
type Columns = Readonly<Record<string, ColumnType>>

/** Rows that change: one a thing on chain. */
export const states = {
  accounts: { balance: 'amount', frozen: 'amount', score: 'int', epoch: 'int' },
  /** One row, `hub`: the price in nRLC from which a task earns score. */
  policies: { score_min_price: 'amount' },
  apps: {
    owner: 'hex',
    name: 'text',
    type: 'text',
    multiaddr: 'hex',
    checksum: 'hex',
    mrenclave: 'hex',
    timestamp: 'int',
    usage_count: 'int',
    last_usage: 'int',
  },
  datasets: {
    owner: 'hex',
    name: 'text',
    multiaddr: 'hex',
    checksum: 'hex',
    timestamp: 'int',
    usage_count: 'int',
    last_usage: 'int',
  },
  workerpools: {
    owner: 'hex',
    description: 'text',
    worker_stake_ratio: 'int',
    scheduler_reward_ratio: 'int',
    timestamp: 'int',
    usage_count: 'int',
    last_usage: 'int',
  },
  /** Orders that their signers, or anyone, told on chain; whether they are good is not looked at. */
  broadcasts: { kind: 'text', document: 'text', timestamp: 'int' },
  fills: { kind: 'text', consumed: 'amount', closed: 'yes', presigned: 'yes' },
  categories: {
    name: 'text',
    description: 'text',
    work_clock_time_ref: 'amount',
    transaction: 'hex',
    timestamp: 'int',
  },
  deals: {
    app: 'hex',
    app_owner: 'hex',
    app_price: 'amount',
    dataset: 'hex',
    dataset_owner: 'hex',
    dataset_price: 'amount',
    workerpool: 'hex',
    workerpool_owner: 'hex',
    workerpool_price: 'amount',
    requester: 'hex',
    beneficiary: 'hex',
    callback: 'hex',
    app_hash: 'hex',
    dataset_hash: 'hex',
    workerpool_hash: 'hex',
    request_hash: 'hex',
    params: 'text',
    volume: 'amount',
    category: 'int',
    tag: 'hex',
    trust: 'amount',
    start_time: 'int',
    bot_first: 'amount',
    bot_size: 'amount',
    worker_stake: 'amount',
    scheduler_reward_ratio: 'int',
    sponsor: 'hex',
    completed_tasks: 'int',
    claimed_tasks: 'int',
    matched_block: 'int',
    timestamp: 'int',
    transaction: 'hex',
    /** How its tasks are settled: `classic`, by votes, or `boost`, by one worker's word. */
    kind: 'text',
  },
  tasks: {
    status: 'text',
    deal: 'hex',
    index: 'amount',
    requester: 'hex',
    workerpool: 'hex',
    consensus: 'hex',
    result_digest: 'hex',
    results: 'hex',
    contribution_deadline: 'int',
    reveal_deadline: 'int',
    final_deadline: 'int',
    timestamp: 'int',
  },
  contributions: {
    status: 'text',
    task: 'hex',
    worker: 'hex',
    hash: 'hex',
    seal: 'hex',
    timestamp: 'int',
  },
} as const satisfies Record<string, Columns>

const emitted = { transaction: 'hex', log_index: 'int', timestamp: 'int' } as const

/** Rows that are only added: one an event. */
export const logs = {
  transfers: { sender: 'hex', recipient: 'hex', value: 'amount', ...emitted },
  asset_transfers: { kind: 'text', asset: 'hex', sender: 'hex', recipient: 'hex', ...emitted },
  events: {
    name: 'text',
    account: 'hex',
    task: 'hex',
    deal: 'hex',
    workerpool: 'hex',
    value: 'amount',
    data: 'text',
    ...emitted,
  },
} as const satisfies Record<string, Columns>

export const tables: Readonly<Record<State | LogName, Columns>> = { ...states, ...logs }

export type State = keyof typeof states
export type LogName = keyof typeof logs

type Value = { amount: bigint; int: bigint; text: string; hex: string; yes: boolean }
type RowOf<C extends Columns> = { [K in keyof C]: Value[C[K]] | null } & Keys
/** `block` is the one whose event last wrote the row. */
type Keys = { id: string; block: bigint }
export type StateRow<S extends State> = RowOf<(typeof states)[S]>
export type LogRow<L extends LogName> = RowOf<(typeof logs)[L]>

const sqlTypes: Record<ColumnType, string> = {
  amount: 'numeric(78)',
  int: 'bigint',
  text: 'text',
  hex: 'text',
  yes: 'boolean',
}

/** A table's columns as SQL declares them, `id` and `block` included. */
export function columnsOf(table: State | LogName): readonly (readonly [string, string])[] {
  const own = Object.entries(tables[table]).map(([name, type]) => [name, sqlTypes[type]] as const)
  return [['id', 'text'], ...own, ['block', 'bigint']]
}

/** A row's values from their text, as `select …::text` gives them. */
export function fromText(table: State | LogName, row: Record<string, string | null>) {
  const types: Columns = { ...tables[table], block: 'int' }
  return Object.fromEntries(
    Object.entries(row).map(([name, text]) => [name, parsed(types[name] ?? 'text', text)]),
  )
}

function parsed(type: ColumnType, text: string | null): unknown {
  if (text === null) return null
  if (type === 'amount' || type === 'int') return BigInt(text)
  return type === 'yes' ? text === 'true' || text === 't' : text
}
