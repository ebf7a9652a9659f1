/** Service: a storage in this process, its folder, and clients that sign. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client, storageApi } from '@traboule/protocol/api'
import { createLog, systemClock } from '@traboule/service-kit'
import { config } from '../../src/config.ts'
import { startStorage } from '../../src/storage.ts'
import type { Chain, owner } from './chain.ts'

/** A folder that is gone afterwards. */
export async function freshFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'traboule-storage-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export function environment(chain: Chain, folder: string) {
  return { PORT: '0', RPC_URL: chain.rpcUrl, HUB: chain.hub, DATA_DIR: folder }
}

export function open(chain: Chain, folder: string, over: object = {}) {
  const settings = config.parse({ ...environment(chain, folder), ...over })
  const log = createLog({}, { level: 'silent' })
  return startStorage(settings, { log, signal: new AbortController().signal, clock: systemClock })
}

/** A client of the storage at `url` that signs as `account`. */
export function as(account: typeof owner, { chainId }: Pick<Chain, 'chainId'>, url: string) {
  const signer = account as never // viem's accounts sign any typed data
  return client(storageApi, url, { signer, chainId, service: 'storage' })
}
