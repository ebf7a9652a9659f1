/** Explain: what keeps four orders from matching, by what index and chain know of them. */
import { Explain, type Match, Order, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import { sql } from 'kysely'
import { type Address, type Hex, numberToHex } from 'viem'
import type { Db } from '../db/tx.ts'
import { groupAbi } from './group.ts'
import type { SignatureChecker } from './signature.ts'

export type Knowing = Readonly<{
  db: Db
  client: ChainClient
  chainId: number
  hub: Address
  signatures: SignatureChecker
}>

type Given = Readonly<{ app: unknown; dataset?: unknown; workerpool: unknown; request: unknown }>

/** Whether the orders match, and every reason when they do not. Throws `order/malformed`. */
export async function explain(given: Given, knowing: Knowing) {
  const orders: Order.Quartet = {
    app: Order.parse('app', given.app),
    dataset: given.dataset === undefined ? Order.noDataset : Order.parse('dataset', given.dataset),
    workerpool: Order.parse('workerpool', given.workerpool),
    request: Order.parse('request', given.request),
  }
  const reasons = Explain.reasons(orders, await factsOf(orders, knowing))
  const shown = (side: Explain.Side) => ({ ...side, value: String(side.value) })
  return {
    matches: reasons.length === 0,
    reasons: reasons.map(({ sides, change, ...rest }) => ({
      ...rest,
      sides: sides.map(shown),
      ...(change && { change: shown(change) }),
    })),
  }
}

async function factsOf(orders: Order.Quartet, knowing: Knowing): Promise<Match.Facts> {
  const { db, chainId, hub } = knowing
  const on = Order.domain(chainId, hub)
  const hashes = perKind((kind) => Order.hash(kind, orders[kind] as never, on)) // same kind on both sides
  const { rows: fills } = await sql<{ id: Hex; consumed: string; closed: boolean }>`
    select id, consumed::text, closed from market.fills
    where id = any(${Object.values(hashes)}::text[])`.execute(db)
  const owners = {
    app: await ownerIn(db, 'apps', orders.app.app),
    dataset: await ownerIn(db, 'datasets', orders.dataset.dataset),
    workerpool: await ownerIn(db, 'workerpools', orders.workerpool.workerpool),
    request: orders.request.requester,
  }
  const signed = await signedBy(orders, hashes, owners, knowing)
  const { rows: categories } = await sql`
    select id from market.categories where id = ${String(orders.workerpool.category)}`.execute(db)
  return {
    categoryExists: categories.length > 0,
    isMember: await memberships(orders, knowing),
    registered: {
      app: owners.app !== undefined,
      dataset: owners.dataset !== undefined,
      workerpool: owners.workerpool !== undefined,
    },
    signed,
    consumed: perKind((kind) => {
      const fill = fills.find(({ id }) => id === hashes[kind])
      return fill?.closed ? orders[kind].volume : BigInt(fill?.consumed ?? 0)
    }),
  }
}

const perKind = <T>(of: (kind: Order.Kind) => T) =>
  Object.fromEntries(Order.kinds.map((kind) => [kind, of(kind)])) as Record<Order.Kind, T>

async function ownerIn(db: Db, table: 'apps' | 'datasets' | 'workerpools', id: Address) {
  const { rows } = await sql<{ owner: Address }>`
    select owner from ${sql.raw(`market.${table}`)} where id = ${id}`.execute(db)
  return rows[0]?.owner
}

async function signedBy(
  orders: Order.Quartet,
  hashes: Readonly<Record<Order.Kind, Hex>>,
  owners: Readonly<Record<Order.Kind, Address | undefined>>,
  { signatures }: Knowing,
): Promise<Record<Order.Kind, boolean>> {
  const proofs = Order.kinds.map(async (kind) => {
    const owner = owners[kind]
    const proof = owner && (await signatures.prove(owner, hashes[kind], orders[kind].sign))
    return [kind, proof !== undefined] as const
  })
  return Object.fromEntries(await Promise.all(proofs)) as Record<Order.Kind, boolean>
}

/** Which parties belong to the groups that restrictions name, asked of the groups (ERC-734). */
async function memberships(orders: Order.Quartet, { client, hub }: Knowing) {
  const { app, dataset, workerpool, request } = orders
  const parties = [app.app, dataset.dataset, workerpool.workerpool, request.requester]
  const named = [app, dataset, workerpool].flatMap((order) =>
    Object.entries(order).flatMap(([field, value]) => (field.endsWith('restrict') ? [value] : [])),
  )
  const groups = [...new Set([...named, request.workerpool].map(String))] as Address[] // checksummed
  const unknown = groups.filter((each) => each !== Scalar.nullAddress && !parties.includes(each))
  if (unknown.length === 0) return () => false
  const purpose = await client.readContract({
    address: hub,
    abi: hubAbi,
    functionName: 'groupmember_purpose',
  })
  const members = new Set<string>()
  await Promise.all(
    unknown.flatMap((address) =>
      parties.map(async (party) => {
        const args = [numberToHex(BigInt(party), { size: 32 }), purpose] as const
        const is = await client
          .readContract({ address, abi: groupAbi, functionName: 'keyHasPurpose', args })
          .catch(() => false) // no group, or one that fails: the chain refuses it too
        if (is) members.add(`${address}-${party}`)
      }),
    ),
  )
  return (restriction: Address, account: Address) => members.has(`${restriction}-${account}`)
}
