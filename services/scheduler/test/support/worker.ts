/** Worker: a scripted member of the pool, whose every step a test can hold back. */
import { Contribution, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { client, type Lease, schedulerApi } from '@traboule/protocol/api'
import { createLog, type Journal, openSender, startLoop, systemClock } from '@traboule/service-kit'
import { type Abi, type Hex, keccak256, toHex } from 'viem'
import type { HDAccount } from 'viem/accounts'
import type { Shelf } from './shelf.ts'
import type { World } from './world.ts'

export type WorkerOptions = Readonly<{
  world: World
  account: HDAccount
  schedulerUrl: string
  shelf: Shelf
  /** Tasks at once that are leased and not contributed to. */
  capacity?: number
  /** The digest it contributes; the honest one by default. */
  digest?(taskId: Hex): Hex
  /** The bytes it uploads. */
  result?(taskId: Hex): Hex
  /** Whether the scheduler sends its votes. */
  ballots?: boolean
  /** Asked before each step: whether the worker gives the task up, without a word. */
  gone?(step: Step, taskId: Hex): boolean
}>

export type Step = 'contribute' | 'reveal' | 'upload'

/** What honest workers compute for a task. */
export const honest = (taskId: Hex): Hex => keccak256(taskId)

/** A client of the scheduler that signs as `account`. */
export function askAs(account: HDAccount, { client: { chain }, workerpool }: World, url: string) {
  const service = `scheduler:${workerpool}`
  return client(schedulerApi, url, { signer: account as never, chainId: chain.id, service })
}

type Sealed = Pick<Contribution.Ballot, 'taskId' | 'resultHash' | 'resultSeal'>

/** A vote as it is handed in. */
export async function ballotOf(account: HDAccount, { client, hub }: World, vote: Sealed) {
  const place = { chainId: client.chain.id, hub, enclaveChallenge: Scalar.nullAddress }
  const raw = Contribution.ballotHash({ ...place, ...vote })
  const { resultHash, resultSeal } = vote
  return { resultHash, resultSeal, signature: await account.signMessage({ message: { raw } }) }
}

type Held = { readonly lease: Lease; busy: boolean; contributed: boolean; over: boolean }

/** Starts a worker that acts on what the chain says, and sends as real workers do. */
export async function startWorker(options: WorkerOptions): Promise<AsyncDisposable> {
  const { world, account, shelf, capacity = 4, digest = honest, gone = () => false } = options
  const { ballots = false } = options
  const { result: bytes = (taskId: Hex) => toHex(`result of ${taskId}`) } = options
  const scheduler = askAs(account, world, options.schedulerUrl)
  const log = createLog({ worker: account.address }, { level: 'silent' })
  const { signal } = new AbortController()
  const kit = { clock: systemClock, log, signal, everyMs: 50 }
  const sender = await openSender({ ...kit, account, client: world.client, journal: inMemory() })
  const tasks = new Map<Hex, Held>()
  const send = (functionName: string, args: readonly unknown[]) => {
    const call = { address: world.hub, abi: hubAbi as Abi, functionName, args }
    return sender.send(`${functionName}:${args[0]}`, call)
  }

  async function advance(task: Held): Promise<void> {
    const { taskId, authorization } = task.lease
    const chain = await world.task(taskId)
    const result = digest(taskId)
    const hash = Contribution.resultHash(taskId, result)
    const seal = Contribution.resultSeal(account.address, taskId, result)
    if (chain.status === 'completed' || chain.status === 'failed') task.over = true
    if (chain.status === 'active' && !chain.contributors.includes(account.address)) {
      task.over = gone('contribute', taskId)
      if (task.over) return
      if (authorization) {
        const { enclaveChallenge, signature } = authorization
        await send('contribute', [taskId, hash, seal, enclaveChallenge, '0x', signature])
      } else if (!task.contributed) {
        const body = await ballotOf(account, world, { taskId, resultHash: hash, resultSeal: seal })
        await scheduler.ballot({ params: { leaseId: task.lease.leaseId }, body })
      }
      task.contributed = true
    }
    if (chain.status !== 'revealing') return
    task.contributed = true
    if (chain.consensusValue !== hash) return
    task.over = gone('reveal', taskId)
    if (task.over) return
    await send('reveal', [taskId, result])
    task.over = gone('upload', taskId)
    if (!task.over) shelf.put(taskId, bytes(taskId))
  }

  async function ask(): Promise<void> {
    const running = [...tasks.values()].filter(({ contributed, over }) => !contributed && !over)
    if (running.length >= capacity) return
    const body = {
      capacity: capacity - running.length,
      appTypes: ['WASI'],
      holding: [...tasks.keys()],
      ballots,
    }
    const { leases } = await scheduler.ask({ body })
    for (const lease of leases)
      tasks.set(lease.taskId, { lease, busy: false, contributed: false, over: false })
  }

  async function step(): Promise<void> {
    await ask().catch(() => undefined)
    for (const task of tasks.values()) {
      if (task.busy || task.over) continue
      task.busy = true
      void advance(task)
        .catch(() => undefined)
        .finally(() => {
          task.busy = false
        })
    }
  }

  const loop = startLoop(step, { ...kit, name: 'worker' })
  return {
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]()
      await sender[Symbol.asyncDispose]()
    },
  }
}

function inMemory(): Journal {
  const entries = new Map<number, Awaited<ReturnType<Journal['all']>>[number]>()
  return {
    all: async () => [...entries.values()],
    put: async (entry) => void entries.set(entry.nonce, entry),
    remove: async ({ nonce }) => void entries.delete(nonce),
  }
}
