/** Worker: takes tasks from one pool, computes them, and sees them through to payment. */
import { join } from 'node:path'
import { AppError, Enclave } from '@traboule/protocol'
import { client, schedulerApi, smsApi, storageApi } from '@traboule/protocol/api'
import {
  type Context,
  type Loop,
  openChain,
  openJournal,
  openKey,
  openSender,
  retry,
} from '@traboule/service-kit/process'
import { type Address, isAddressEqual } from 'viem'
import { readAccount } from './chain.ts'
import type { Config } from './config.ts'
import { openLibrary } from './content/library.ts'
import { openEnclave } from './enclave.ts'
import { findGpus, openGpus } from './machine/gpus.ts'
import type { Parts } from './parts.ts'
import { openRunners } from './runners/runners.ts'
import { OBJECT_BYTES } from './steps/limits.ts'
import { startAsking } from './tasks/ask.ts'
import { openDesk } from './tasks/desk.ts'
import { openShelf } from './tasks/held.ts'

/** A pool may start after its workers: this many tries are about half a minute. */
const TRIES = 20

/** Starts a worker. `failed` rejects when it cannot go on. */
export async function startWorker(
  config: Config,
  context: Context,
): Promise<AsyncDisposable & { readonly address: Address; readonly failed: Promise<never> }> {
  await using stack = new AsyncDisposableStack()
  const { log, clock } = context
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const account = await openKey(config)
  const pool = await joinPool(config, context)
  const chain = await openChain(config.RPC_URL, pool.chainId)
  const journal = await openJournal(join(config.DATA_DIR, 'outbox'))
  const sender = stack.use(
    await openSender({
      account,
      client: chain,
      journal,
      clock,
      log,
      signal,
      everyMs: config.POLL_MS,
    }),
  )
  const signing = { signer: account, chainId: pool.chainId }
  const service = `scheduler:${pool.workerpool}`
  const parts: Parts = {
    config,
    account,
    client: chain,
    hub: pool.hub,
    workerpool: pool.workerpool,
    sender,
    scheduler: client(schedulerApi, config.SCHEDULER_URL, { ...signing, service }),
    storage: client(storageApi, pool.storageUrl, { ...signing, service: 'storage' }),
    sms: pool.smsUrl === undefined ? undefined : client(smsApi, pool.smsUrl),
    runners: stack.use(await openRunners(config, context)),
    gpus: openGpus(config.GPUS === 'none' ? [] : await findGpus()),
    enclave:
      config.TEE === 'none' ? undefined : await openEnclave(join(config.DATA_DIR, 'enclave.key')),
    shelf: await openShelf(join(config.DATA_DIR, 'tasks'), log),
    library: await openLibrary({
      folder: join(config.DATA_DIR, 'objects'),
      cacheBytes: config.CACHE_BYTES,
      sources: [pool.storageUrl, ...config.IPFS_GATEWAYS],
      objectBytes: OBJECT_BYTES,
      log,
      signal,
    }),
    clock,
    log,
  }
  await tellAccount(parts)
  for (const { maker, name, memoryMb } of parts.gpus.all)
    log.info('gpu.found', { maker, name, memoryMb })
  let asking: Loop | undefined
  const freed = () => asking?.nudge()
  const desk = stack.use(await openDesk(parts, { freed, signal }))
  asking = stack.use(startAsking(parts, desk, signal))
  const failed = Promise.all([desk.done, asking.done]).then(() => new Promise<never>(() => {}))
  failed.catch(() => undefined) // told by whoever awaits it
  stack.defer(() => closing.abort(new Error('worker stopped')))
  const resources = stack.move()
  return { address: account.address, failed, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

/** What the pool says of itself. Throws `chain/wrong-network` when it is of another market. */
async function joinPool({ SCHEDULER_URL, HUB }: Config, { clock, signal, log }: Context) {
  const scheduler = client(schedulerApi, SCHEDULER_URL)
  const pool = await retry(() => scheduler.pool({}, signal), {
    clock,
    signal,
    tries: TRIES,
    mostMs: 2_000,
  })
  if (HUB !== undefined && !isAddressEqual(HUB, pool.hub))
    throw new AppError('chain/wrong-network', `The pool at ${SCHEDULER_URL} uses another hub.`, {
      hub: pool.hub,
      expected: HUB,
    })
  const { workerpool, hub, chainId, description } = pool
  log.info('pool.joined', { workerpool, hub, chainId, description })
  return pool
}

/** A worker without stake gets no paid work, and should hear it before it wonders. */
async function tellAccount(parts: Parts): Promise<void> {
  const { account, hub, config, enclave, log } = parts
  const { stake, locked } = await readAccount(parts, account.address)
  log.info('worker.account', { address: account.address, stake, locked })
  if (stake + locked === 0n)
    log.warn('worker.unstaked', {
      address: account.address,
      hub,
      hint: 'Paid tasks need a stake: deposit with `traboule account deposit <amount>`.',
    })
  if (enclave) log.warn('worker.enclave', { address: enclave.address, tee: Enclave.SIMULATED })
  if (config.LIES !== undefined)
    log.warn('worker.lying', { address: account.address, lie: config.LIES })
}
