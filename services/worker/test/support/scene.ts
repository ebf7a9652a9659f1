/** Scene: a market, a storage, a pool and as many workers as the test asks for. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Archive, Contribution, type Result, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import { client, storageApi } from '@traboule/protocol/api'
import type { Address, Hex } from 'viem'
import { build as buildPi } from '../../../../examples/pi/build.ts'
import { type Gate, startGate } from './gate.ts'
import { accountOf, type Deal, type Market, startMarket } from './market.ts'
import { type Pool, startPool } from './pool.ts'
import { type Running, startProcess } from './processes.ts'

export const STAKE = 10n ** 9n

/** Params of a request with this argument line. */
export const args = (line: string) => JSON.stringify({ iexec_args: line })

export type Scene = Awaited<ReturnType<typeof startScene>>
export type WorkerOptions = Readonly<{ env?: Record<string, string>; stake?: bigint }>

export async function startScene({ leaseMs = 30_000 }: { leaseMs?: number } = {}) {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'traboule-worker-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const market: Market = stack.use(await startMarket())
  const storageEnv = {
    ...{ PORT: '0', RPC_URL: market.anvil.rpcUrl, HUB: market.hub },
    DATA_DIR: join(folder, 'storage'),
  }
  const storage = stack.use(startProcess('storage', storageEnv))
  const { url } = await storage.logged('service.started')
  const storageGate: Gate = stack.use(await startGate(String(url)))
  const rpcGate: Gate = stack.use(await startGate(market.anvil.rpcUrl))
  const pool: Pool = stack.use(await startPool({ market, storageUrl: storageGate.url, leaseMs }))
  const store = client(storageApi, String(url), {
    ...{ signer: market.requester, chainId: market.chainId, service: 'storage' },
  })
  const put = async (bytes: Uint8Array) => (await store.put({ body: bytes })).cid
  const { bytes } = await buildPi()
  const app: Address = await market.deployApp({ cid: await put(bytes), bytes })

  const workers = new Set<Running>()
  const dismiss = async () => {
    await Promise.all([...workers].map((worker) => worker[Symbol.asyncDispose]()))
    workers.clear()
  }
  stack.defer(dismiss)

  /** Starts worker `n`; called again it starts anew on the same folder, as after a crash. */
  async function startWorker(
    n: number,
    { env = {}, stake = STAKE }: WorkerOptions = {},
  ): Promise<Running> {
    const account = accountOf(100 + n)
    const { stake: has } = await market.accountOf(account.address)
    if (has === 0n) await market.fund(account, stake)
    const worker = startProcess('worker', {
      ...{ SCHEDULER_URL: pool.url, RPC_URL: rpcGate.url, PRIVATE_KEY: privateKeyOf(100 + n) },
      ...{ DATA_DIR: join(folder, `worker${n}`), POLL_MS: '40', UPLOAD_STEP_MS: '100', ...env },
    })
    workers.add(worker)
    return worker
  }

  let newcomers = 0

  /** A task that is leased to a worker nobody used before, `n`, or to the one given. */
  async function given({ n = ++newcomers, ...deal }: Partial<Deal> & { n?: number } = {}) {
    const [work] = await market.match({ app, params: args('1000'), ...deal })
    if (!work) throw new Error('the deal has no task')
    pool.offer(work, accountOf(100 + n).address)
    return { ...work, n }
  }

  /** Another worker of the pool, who votes for a digest without any process. */
  async function voteAs(n: number, taskId: Hex, digest: Hex): Promise<void> {
    const account = accountOf(100 + n)
    const { stake } = await market.accountOf(account.address)
    if (stake === 0n) await market.fund(account, STAKE)
    const raw = Contribution.authorizationHash(account.address, taskId, Scalar.nullAddress)
    await market.send(account, market.hub, hubAbi, 'contribute', [
      taskId,
      Contribution.resultHash(taskId, digest),
      Contribution.resultSeal(account.address, taskId, digest),
      Scalar.nullAddress,
      '0x',
      await market.poolOwner.signMessage({ message: { raw } }),
    ])
  }

  /** Finalizes as the scheduler does: with the link that storage gives. */
  async function settle(taskId: Hex): Promise<void> {
    const { link } = await store.result({ params: { taskId } })
    await market.finalize(taskId, link as Hex) // storage gives the bytes to write on chain
  }

  /** The files of a task's result, as storage has them. */
  async function resultOf(taskId: Hex): Promise<Result.Files> {
    const { cid } = await store.result({ params: { taskId } })
    return Archive.unzip(await store.get({ params: { cid } }))
  }

  const resources = stack.move()
  return {
    ...{ given, voteAs, settle, resultOf },
    ...{ market, pool, app, put, store, storageGate, rpcGate, startWorker, folder },
    /** Opens the gates and stops all workers: the end of a test. */
    async dismiss() {
      rpcGate.open()
      storageGate.open()
      await dismiss()
    },
    addressOf: (n: number) => accountOf(100 + n).address,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

const privateKeyOf = (n: number) => `0x${n.toString(16).padStart(64, '0')}`
