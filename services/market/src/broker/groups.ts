/**
 * Groups: contracts that say who their members are (ERC-734), to which orders may be restricted. Who is
 * a member is asked of them anew at each look: no event says that it changed.
 */
import { type Match, type Order, Scalar } from '@traboule/protocol'
import type { ChainClient } from '@traboule/service-kit'
import { sql } from 'kysely'
import type { Address } from 'viem'
import type { Db } from '../db/tx.ts'
import { openAsking } from '../orders/group.ts'
import type { Offers } from './choose.ts'

export type Groups = Readonly<{
  /** Contracts that orders are restricted to. */
  known: readonly Address[]
  /** The groups, of those given, that `account` is a member of. */
  of(account: Address, groups?: readonly Address[]): Promise<readonly Address[]>
}>

/** The sides of a request that orders may be restricted to; workerpools are found later. */
export const sides = ['app', 'dataset', 'requester'] as const
export type Side = (typeof sides)[number]

/** What orders may name on each side of a request: its own, and the groups that it is in. */
export type Allowed = Readonly<Record<Side, readonly Address[]>>

/** Where no order is restricted to a group. */
export const noGroups: Groups = { known: [], of: async () => [] }

/** Groups that are looked at. */
const MOST = 100

export type Asking = Readonly<{ db: Db; client: ChainClient; hub: Address }>

/** The groups as they are now. Throws `chain/unreachable`. */
export async function openGroups({ db, client, hub }: Asking): Promise<Groups> {
  const { rows } = await sql<{ address: Address }>`
    select address from market.restrictions where is_group order by address limit ${MOST}`.execute(
    db,
  )
  if (rows.length === 0) return noGroups
  const known = rows.map(({ address }) => address)
  const ask = await openAsking(client, hub)
  const answers = new Map<string, ReturnType<typeof ask>>()
  const isMember = (group: Address, account: Address) => {
    const pair = `${group}-${account}`
    const answer = answers.get(pair) ?? ask(group, account)
    answers.set(pair, answer)
    return answer
  }
  return {
    known,
    async of(account, groups = known) {
      const is = await Promise.all(groups.map((group) => isMember(group, account)))
      return groups.filter((_, n) => is[n])
    },
  }
}

/** Who the orders for a request may be restricted to. */
export async function allowedFor(order: Order.Order<'request'>, groups: Groups): Promise<Allowed> {
  const among = async (own: Address) =>
    own === Scalar.nullAddress ? [] : [own, ...(await groups.of(own))]
  const [app, dataset, requester] = await Promise.all(sides.map((side) => among(order[side])))
  return { app: app ?? [], dataset: dataset ?? [], requester: requester ?? [] }
}

/** Who is a member of what, among a request and the offers for it. */
export async function membersAmong(
  request: Order.Order<'request'>,
  { app, dataset, workerpool }: Offers,
  groups: Groups,
): Promise<Match.Facts['isMember']> {
  if (groups.known.length === 0) return () => false
  const ofPools = [...app, ...dataset].map(({ order }) => order.workerpoolrestrict)
  const asked = groups.known.filter((each) => [request.workerpool, ...ofPools].includes(each))
  const members = new Set<string>()
  const ask = async (account: Address, among: readonly Address[]) => {
    for (const group of await groups.of(account, among)) members.add(`${group}-${account}`)
  }
  const pools = new Set(workerpool.map(({ order }) => order.workerpool))
  await Promise.all([
    ...sides.map((side) => ask(request[side], groups.known)),
    ...[...pools].map((pool) => ask(pool, asked)),
  ])
  return (group, account) => members.has(`${group}-${account}`)
}
