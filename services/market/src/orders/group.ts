/**
 * Group: a contract that says who its members are (ERC-734), to which orders may be restricted. Which of
 * the addresses that orders name are groups is asked once of each.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { type ChainClient, type Clock, type Log, type Loop, startLoop } from '@traboule/service-kit'
import { sql } from 'kysely'
import { type Address, encodeFunctionData, numberToHex, parseAbi } from 'viem'
import type { Db } from '../db/tx.ts'
import { unanswered } from './signature.ts'

export const groupAbi = parseAbi(['function keyHasPurpose(bytes32,uint256) view returns (bool)'])

/** A group that needs more to answer is none. */
const MOST_GAS = 1_000_000n

/** Asks whether `account` is a member; undefined when `group` is no group. */
export type AskGroup = (group: Address, account: Address | 0) => Promise<boolean | undefined>

/** Throws `chain/unreachable`. */
export async function openAsking(client: ChainClient, hub: Address): Promise<AskGroup> {
  const functionName = 'groupmember_purpose'
  const purpose = await client.readContract({ address: hub, abi: hubAbi, functionName })
  return async (group, account) => {
    const args = [numberToHex(BigInt(account), { size: 32 }), purpose] as const
    const data = encodeFunctionData({ abi: groupAbi, functionName: 'keyHasPurpose', args })
    try {
      const { data: answer = '0x' } = await client.call({ to: group, data, gas: MOST_GAS })
      return answer.length < 66 ? undefined : BigInt(answer.slice(0, 66)) === 1n // as the hub reads it
    } catch (error) {
      if (!unanswered(error)) return undefined
      throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, error)
    }
  }
}

export type GroupOptions = Readonly<{
  db: Db
  client: ChainClient
  hub: Address
  everyMs: number
  clock: Clock
  log: Log
  signal: AbortSignal
}>

/** Addresses that are asked at a time. */
const TOGETHER = 100

/** Starts asking; nudge it when orders were published. */
export function startAskingGroups({ db, client, hub, ...timing }: GroupOptions): Loop {
  async function step(): Promise<void> {
    const { rows } = await sql<{ address: Address }>`
      select address from market.restrictions where is_group is null limit ${TOGETHER}`.execute(db)
    if (rows.length === 0) return
    const ask = await openAsking(client, hub)
    for (const { address } of rows) {
      const is = (await ask(address, 0)) !== undefined
      await sql`update market.restrictions set is_group = ${is} where address = ${address}`.execute(
        db,
      )
    }
    if (rows.length === TOGETHER) loop.nudge()
  }
  const loop = startLoop(step, { ...timing, name: 'groups' })
  return loop
}
