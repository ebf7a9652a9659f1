/** Schema: the market's own tables. Those of the index are described in `index/entities.ts`. */
import type { ColumnType, Generated } from 'kysely'

/** Written as bigint, read as text. */
type Big = ColumnType<string, bigint | string, bigint | string>

type OrdersTable = {
  hash: string
  kind: string
  signer: string
  app: string
  dataset: string
  workerpool: string
  requester: string
  beneficiary: string | null
  category: Big | null
  trust: Big | null
  /** nRLC, negative for requests: the book lists the lowest first. */
  rank: Big
  volume: Big
  remaining: Big
  tag: string
  /** Unix seconds. */
  expires_at: Big | null
  /** `key` for good; `chain` must be asked again. */
  proof: string
  status: string
  /** Why it is not open. */
  reason: string | null
  document: string
  /** Milliseconds since 1970. */
  published_at: Big
}

type ChallengesTable = { hash: string; address: string; expires_at: Big }

type ChangesTable = {
  sequence: Generated<Big>
  topic: string
  event: string
  payload: string
}

export type Tables = {
  'market.orders': OrdersTable
  'market.challenges': ChallengesTable
  'market.changes': ChangesTable
}
