/**
 * Replicate: everything that a requester, a scheduler and three workers send for one bag, from the
 * match to the last payment; task by task, or all tasks as one slice.
 */
import { Contribution, Deal, Slice, Task } from '@traboule/protocol'
import { type Address, type Hex, keccak256, numberToHex, stringToHex, zeroAddress } from 'viem'
import { agree, authorize, firstDeal, type Stage } from '../contracts/test/support/stage.ts'

/** Three newcomers who agree carry it, two do not. */
const TRUST = 5n
const RESULTS = stringToHex(`{"storage":"ipfs","location":"/ipfs/${'Q'.repeat(46)}"}`)
export const PARAMS = `{"iexec_args":"${'a'.repeat(142 - 17)}"}`

/** Who sends: how it signs is the caller's matter. */
export type Who = Readonly<{ address: Address }>

/** One call of the hub, and whatever the caller makes of it. */
export type Send = (functionName: string, who: Who, args: readonly unknown[]) => Promise<unknown>

export type Bag = Readonly<{ tasks: number; workers: readonly Who[]; sliced: boolean }>

const digestOf = (index: number): Hex => keccak256(numberToHex(index))

/** Sends, in an order in which each call finds what it needs, all that `bag` takes. */
export async function replicate(stage: Stage, send: Send, bag: Bag): Promise<void> {
  const { people } = stage
  const orders = await agree(stage, { params: PARAMS, trust: TRUST, volume: BigInt(bag.tasks) })
  const { app, dataset, workerpool, request } = orders
  await send('matchOrders', people.requester, [app, dataset, workerpool, request])
  const dealId = firstDeal(stage, orders)
  for (const [taskId, digest] of await open(stage, send, dealId, bag)) {
    for (const worker of bag.workers) await contribute(stage, send, { worker, taskId, digest })
    for (const worker of bag.workers) await send('reveal', worker, [taskId, digest])
    await send('finalize', people.scheduler, [taskId, RESULTS, '0x'])
  }
}

/** What is voted on: ids and digests. */
async function open(
  { people }: Stage,
  send: Send,
  dealId: Hex,
  { tasks, sliced }: Bag,
): Promise<[Hex, Hex][]> {
  const indexes = Deal.indexes({ botFirst: 0n, botSize: BigInt(tasks) })
  const digests = indexes.map((index) => digestOf(Number(index)))
  if (sliced) {
    await send('openSlice', people.scheduler, [dealId, BigInt(tasks)])
    return [[Slice.id(dealId, 0n, BigInt(tasks)), Slice.root(0n, digests)]]
  }
  await send('initializeArray', people.scheduler, [indexes.map(() => dealId), indexes])
  return indexes.map((index) => [Task.id(dealId, index), digestOf(Number(index))])
}

type Ballot = Readonly<{ worker: Who; taskId: Hex; digest: Hex }>

async function contribute(stage: Stage, send: Send, { worker, taskId, digest }: Ballot) {
  const hash = Contribution.resultHash(taskId, digest)
  const seal = Contribution.resultSeal(worker.address, taskId, digest)
  const word = await authorize(stage, worker.address, taskId)
  await send('contribute', worker, [taskId, hash, seal, zeroAddress, '0x', word])
}
