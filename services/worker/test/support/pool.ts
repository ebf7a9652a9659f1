/** Pool: a scheduler that does what the test says, speaking the real API. */
import { randomUUID } from 'node:crypto'
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import { type Handlers, schedulerApi } from '@traboule/protocol/api'
import { createLog, listen, mount, systemClock } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'
import type { Market, Work } from './market.ts'

type Given = {
  readonly leaseId: string
  readonly worker: Address
  readonly work: Work
  over: boolean
}
export type Release = Readonly<{ taskId: Hex; code: string; message: string }>

type Offer = Readonly<{ worker: Address; work: Work }>

export type PoolOptions = Readonly<{
  market: Market
  storageUrl: string
  /** Who signs authorisations; the workerpool's owner unless the test is about a thief. */
  signer?: Market['poolOwner']
  hub?: Address
  leaseMs?: number
}>

export async function startPool({
  market,
  storageUrl,
  signer = market.poolOwner,
  hub = market.hub,
  leaseMs = 30_000,
}: PoolOptions) {
  const offers: Offer[] = []
  const leases = new Map<string, Given>()
  const releases: Release[] = []
  const logs: { taskId: Hex; stdout: string; stderr: string; exitCode?: number | undefined }[] = []
  const phases: { taskId: Hex; phase: string; percent?: number | undefined }[] = []
  const asked: Address[] = []
  const waiting = new Set<() => void>()
  const tell = () => {
    for (const look of waiting) look()
  }

  async function leaseOf({ worker, work }: Offer, enclave?: Address) {
    const { taskId, dealId, index } = work
    const leaseId = randomUUID()
    leases.set(leaseId, { leaseId, worker, work, over: false })
    const enclaveChallenge = (work.tee && enclave) || Scalar.nullAddress
    const raw = Contribution.authorizationHash(worker, taskId, enclaveChallenge)
    const signature = await signer.signMessage({ message: { raw } })
    const authorization = { enclaveChallenge, signature }
    return { leaseId, taskId, dealId, index: String(index), authorization, expiresInMs: leaseMs }
  }

  function find(leaseId: string, caller: Address): Given {
    const lease = leases.get(leaseId)
    if (!lease || lease.worker !== caller)
      throw new AppError('lease/unknown', `There is no lease ${leaseId} of ${caller}.`)
    if (lease.over) throw new AppError('lease/expired', `Lease ${leaseId} is over.`)
    return lease
  }

  const facts = async () => ({
    ...{ chainId: market.chainId, hub, workerpool: market.workerpool },
    ...{ description: 'a pool', storageUrl, appTypes: ['WASI'] },
  })
  const handlers: Handlers<typeof schedulerApi> = {
    pool: facts,
    info: facts,
    ask: async ({ caller, body }) => {
      asked.push(caller)
      tell()
      const mine = offers.filter(
        ({ worker, work }) => worker === caller && !body.holding.includes(work.taskId),
      )
      const given = mine.slice(0, body.capacity)
      for (const offer of given) offers.splice(offers.indexOf(offer), 1)
      const answer = await Promise.all(given.map((each) => leaseOf(each, body.enclave)))
      return { leases: answer, askAgainInMs: 20 }
    },
    renew: async ({ caller, params, body }) => {
      const { work } = find(params.leaseId, caller)
      phases.push({ taskId: work.taskId, phase: body.phase, percent: body.percent })
      tell()
      return { expiresInMs: leaseMs }
    },
    keepLogs: async ({ caller, params, body }) => {
      const { work } = find(params.leaseId, caller)
      logs.push({ taskId: work.taskId, ...body })
    },
    release: async ({ caller, params, query }) => {
      const lease = find(params.leaseId, caller)
      lease.over = true
      releases.push({ taskId: lease.work.taskId, ...query })
      tell()
    },
    ballot: async ({ params, caller }) => void find(params.leaseId, caller),
    receipt: async ({ params }) => unrecorded(params.taskId),
    task: async ({ params }) => unrecorded(params.taskId),
    explain: async ({ params }) => unrecorded(params.taskId),
  }

  const service = `scheduler:${market.workerpool}`
  const log = createLog({}, { level: 'silent' })
  const options = { log, clock: systemClock, chainId: market.chainId, service }
  const server = await listen(mount(schedulerApi, handlers, options), 0)

  /** Resolves with the first item that fits, once there is one. */
  function seen<T>(items: readonly T[], fits: (item: T) => boolean): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<T>()
    const look = () => {
      const found = items.find(fits)
      if (found === undefined) return
      waiting.delete(look)
      resolve(found)
    }
    waiting.add(look)
    look()
    return promise
  }

  return {
    url: server.url,
    releases,
    logs,
    /** The worker gets this task when it asks next. */
    offer: (work: Work, worker: Address) => offers.push({ work, worker }),
    released: (taskId: Hex) => seen(releases, (each) => each.taskId === taskId),
    renewalsOf: (taskId: Hex) => phases.filter((each) => each.taskId === taskId).length,
    renewed: (taskId: Hex, times: number) =>
      seen([phases], (all) => all.filter((each) => each.taskId === taskId).length >= times),
    reached: (taskId: Hex, phase: string, percent = 0) =>
      seen(
        phases,
        (each) => each.taskId === taskId && each.phase === phase && (each.percent ?? 0) >= percent,
      ),
    /** Resolves once the worker has asked that often. */
    askedBy: async (worker: Address, times: number) => {
      const start = asked.length
      const enough = () => asked.slice(start).filter((each) => each === worker).length >= times
      await seen([enough], (is) => is())
    },
    /** Takes back every lease, as when they ran out. */
    expire: () => {
      for (const lease of leases.values()) lease.over = true
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

export type Pool = Awaited<ReturnType<typeof startPool>>

function unrecorded(taskId: Hex): never {
  throw new AppError('task/unknown', `This pool keeps no record of ${taskId}.`)
}
