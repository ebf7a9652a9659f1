/** Parts: what the steps of a task work with. Opened once, in `worker.ts`. */
import type { Client, schedulerApi, smsApi, storageApi } from '@traboule/protocol/api'
import type { ChainClient, Clock, Log, Sender } from '@traboule/service-kit/process'
import type { Address, LocalAccount } from 'viem'
import type { Config } from './config.ts'
import type { Library } from './content/library.ts'
import type { Enclave } from './enclave.ts'
import type { Gpus } from './machine/gpus.ts'
import type { Runners } from './runners/runners.ts'
import type { Shelf } from './tasks/held.ts'

export type Parts = Readonly<{
  config: Config
  account: LocalAccount
  client: ChainClient
  hub: Address
  workerpool: Address
  sender: Sender
  scheduler: Client<typeof schedulerApi>
  storage: Client<typeof storageApi>
  /** Undefined in a pool that encrypts no results. */
  sms: Client<typeof smsApi> | undefined
  runners: Runners
  gpus: Gpus
  /** Undefined on a worker that takes no tasks for enclaves. */
  enclave: Enclave | undefined
  shelf: Shelf
  library: Library
  clock: Clock
  log: Log
}>
