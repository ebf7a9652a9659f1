/** World: a chain with a dataset and an app, a secret store, and people who sign. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deploy } from '@traboule/contracts'
import { Scalar, Secret } from '@traboule/protocol'
import { appRegistryAbi, datasetRegistryAbi } from '@traboule/protocol/abi'
import { createLog, openChain, systemClock } from '@traboule/service-kit'
import { freshDatabase, startAnvil } from '@traboule/service-kit/testing'
import { type Abi, type Address, createWalletClient, http, type PublicClient } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { config } from '../../src/config.ts'
import { startSms } from '../../src/sms.ts'

const MNEMONIC = 'test test test test test test test test test test test junk'
const accountOf = (addressIndex: number) => mnemonicToAccount(MNEMONIC, { addressIndex })
export const [owner, alice, mallory] = [accountOf(0), accountOf(1), accountOf(2)] as const

export async function openWorld() {
  await using stack = new AsyncDisposableStack()
  const anvil = stack.use(await startAnvil())
  const client = await openChain(anvil.rpcUrl)
  const wallet = createWalletClient({ chain: client.chain, transport: http(anvil.rpcUrl) })
  const placed = await deploy(client as PublicClient, { mode: 'token', owner, categories: [] })
  async function create(address: Address, abi: Abi, functionName: string, args: unknown[]) {
    const call = { address, abi, functionName, args, account: owner }
    const { request, result } = await client.simulateContract(call)
    const hash = await wallet.writeContract({ ...request, chain: client.chain } as never)
    await client.waitForTransactionReceipt({ hash, pollingInterval: 20 })
    return result as Address
  }
  const none = Scalar.nullBytes32
  const appArgs = [owner.address, 'app', 'WASI', '0x01', none, '0x']
  const app = await create(placed.appRegistry, appRegistryAbi, 'createApp', appArgs)
  const datasetArgs = [owner.address, 'dataset', '0x01', none]
  const { datasetRegistry } = placed
  const dataset = await create(datasetRegistry, datasetRegistryAbi, 'createDataset', datasetArgs)
  const folder = await mkdtemp(join(tmpdir(), 'traboule-sms-'))
  stack.defer(() => rm(folder, { recursive: true }))
  const database = stack.use(await freshDatabase())
  const keyFile = join(folder, 'sms.key')
  const resources = stack.move()
  return {
    app,
    dataset,
    chainId: client.chain.id,
    databaseUrl: database.url,
    keyFile,
    hub: placed.hub,
    stopChain: () => anvil[Symbol.asyncDispose](),
    masterKeys: () => readFile(keyFile, 'utf8'),
    open(over: object = {}) {
      const settings = {
        PORT: '0',
        RPC_URL: anvil.rpcUrl,
        DATABASE_URL: database.url,
        MASTER_KEY_FILE: keyFile,
        ...over,
      }
      const log = createLog({}, { level: 'silent' })
      const { signal } = new AbortController()
      return startSms(config.parse(settings), { log, signal, clock: systemClock })
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
export type World = Awaited<ReturnType<typeof openWorld>>

/** The path under which the ecosystem's clients ask for a secret. */
export function pathOf({ kind, owner: of, name }: Secret.Place): string {
  if (kind === 'dataset') return `/secrets/web3?secretAddress=${of}`
  if (kind === 'app') return `/apps/${of}/secrets`
  if (kind === 'requester') return `/requesters/${of}/secrets/${name}`
  return `/secrets/web2?${new URLSearchParams({ ownerAddress: of, secretName: name })}`
}

export type Push = Readonly<{
  by: typeof owner
  value: string
  method?: 'POST' | 'PUT'
  /** The value that is signed, when it is another than the one sent. */
  signed?: string
}>

/** Pushes a secret exactly as the ecosystem's clients do. */
export async function push(url: string, place: Secret.Place, { by, value, ...over }: Push) {
  const raw = Secret.digest(place, over.signed ?? value)
  const authorization = await by.signMessage({ message: { raw } })
  return fetch(`${url}${pathOf(place)}`, {
    method: over.method ?? 'POST',
    headers: { authorization, 'content-type': 'text/plain', accept: 'application/json' },
    body: value,
  })
}

export const head = async (url: string, place: Secret.Place) =>
  (await fetch(`${url}${pathOf(place)}`, { method: 'HEAD' })).status
