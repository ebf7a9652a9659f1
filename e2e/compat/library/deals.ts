/** Deals: orders matched, watched to their end, and what can be had of them. */
import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { field, first, plain, toEnd } from '../iexec.ts'
import { RLC, TDX } from '../market.ts'
import { filesOf } from '../result.ts'
import { type Me, step } from './me.ts'

const text = z.string()

export function deals(me: () => Me): void {
  let dealId: string
  let taskIds: string[]

  step('buys a bag of three tasks with orders of the book', async () => {
    const { address, iexec, market } = me()
    await iexec.account.deposit(20n * RLC)
    const bought = await buy(me(), { app: market.pi, volume: 3, params: { iexec_args: '1000' } })
    expect(plain(bought)).toMatchObject({ volume: '3', txHash: expect.stringMatching(/^0x/) })
    dealId = field(bought, 'dealid', text)
    const shown = plain(await iexec.deal.show(dealId))
    expect(shown).toMatchObject({ requester: address, botSize: '3', trust: '1', category: '0' })
    taskIds = field(shown, 'tasks', z.array(text))
    expect(await iexec.deal.computeTaskId(dealId, 1)).toBe(taskIds[1])
  })

  step('watches the bag until every task is completed', async () => {
    const { iexec } = me()
    const seen = await toEnd(await iexec.deal.obsDeal(dealId))
    const last = { completedTasksCount: 3, failedTasksCount: 0, tasksCount: 3 }
    expect(seen.at(-1)).toMatchObject({ message: 'DEAL_COMPLETED', ...last })
    const [task = ''] = taskIds
    const steps = await toEnd(await iexec.task.obsTask(task, { dealid: dealId }))
    expect(steps.at(-1)).toMatchObject({ message: 'TASK_COMPLETED' })
    expect(await iexec.task.show(task)).toMatchObject({ statusName: 'COMPLETED', dealid: dealId })
  })

  step('downloads the result of each task', async () => {
    for (const task of taskIds) {
      const files = filesOf(await download(me(), task))
      expect(JSON.parse(files['pi.json'] ?? '')).toMatchObject({ points: 1000 })
    }
  })

  step('asks the pool how a task went, and what the program printed', async () => {
    const { iexec, market } = me()
    const url = await iexec.workerpool.getWorkerpoolApiUrl(market.facts.workerpool)
    expect(url).toBe(market.facts.urls.scheduler)
    const [task = ''] = taskIds
    const info = await iexec.task.fetchOffchainInfo(task)
    expect(info).toMatchObject({ task: { status: 'COMPLETED' } })
    expect(field(info, 'replicates', z.array(z.unknown()))).not.toEqual([])
    const logs = await iexec.task.fetchLogs(task)
    expect(logs).toMatchObject([{ stdout: expect.stringContaining('pi is about') }])
  })

  step('finds its deals by requester, app and order', async () => {
    const { address, iexec, market } = me()
    const asked = { appAddress: market.pi, workerpoolAddress: market.facts.workerpool }
    const found = await iexec.deal.fetchRequesterDeals(address, asked)
    expect(found).toMatchObject({ count: 1, deals: [{ dealid: dealId, volume: 3 }] })
    const { deals } = z.looseObject({ deals: z.array(z.looseObject({})) }).parse(found)
    const byApp = await iexec.deal.fetchDealsByApporder(field(deals[0], 'appHash', text))
    expect(JSON.stringify(byApp)).toContain(dealId)
    const byRequest = await iexec.deal.fetchDealsByRequestorder(
      field(deals[0], 'requestHash', text),
    )
    expect(byRequest).toMatchObject({ count: 1, deals: [{ dealid: dealId }] })
  })

  step('gives an app a dataset', async () => {
    const { iexec, market } = me()
    const bought = await buy(me(), { app: market.wordcount, dataset: market.rhyme })
    const files = await resultOf(me(), field(bought, 'dealid', text))
    expect(JSON.parse(files['counts.json'] ?? '')).toMatchObject({ words: 7, distinct: 7 })
    const shown = await iexec.deal.show(field(bought, 'dealid', text))
    expect(shown).toMatchObject({ dataset: { pointer: market.rhyme } })
  })

  step('receives a result that only it can read', async () => {
    const { iexec, market, utils } = me()
    await iexec.account.deposit(5n * RLC)
    const pem = { type: 'spki', format: 'pem' } as const
    const keys = generateKeyPairSync('rsa', {
      ...{ modulusLength: 2048, publicKeyEncoding: pem },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    await iexec.result.pushResultEncryptionKey(keys.publicKey, { forceUpdate: true })
    const params = { iexec_args: '1000', iexec_result_encryption: true }
    const bought = await buy(me(), { app: market.pi, params, enclave: true })
    const sealed = await archiveOf(me(), field(bought, 'dealid', text))
    expect(filesOf(sealed)).not.toHaveProperty('pi.json')
    const opened = await utils.decryptResult(sealed, keys.privateKey)
    const files = filesOf(new Uint8Array(z.instanceof(Uint8Array).parse(opened)))
    expect(JSON.parse(files['pi.json'] ?? '')).toMatchObject({ points: 1000 })
  })

  step('gives each task of a bag the datasets of its slice of a bulk', async () => {
    const { iexec, market } = me()
    const orders = [market.rhyme, market.couplet].map(async (dataset) =>
      first(await iexec.orderbook.fetchDatasetOrderbook({ dataset, bulkOnly: true })),
    )
    const packed = await iexec.order.prepareDatasetBulk(await Promise.all(orders), {
      maxDatasetPerTask: 1,
    })
    expect(packed).toMatchObject({ volume: 2 })
    const params = { bulk_cid: field(packed, 'cid', text) }
    const bought = await buy(me(), { app: market.wordcount, volume: 2, params })
    const dealId = field(bought, 'dealid', text)
    await toEnd(await iexec.deal.obsDeal(dealId))
    for (const [index, words] of [7, 3].entries()) {
      const task = await iexec.deal.computeTaskId(dealId, index)
      const files = filesOf(await download(me(), task))
      expect(JSON.parse(files['counts.json'] ?? '')).toMatchObject({ words })
    }
  })

  step('has a result delivered to a contract', async () => {
    const { iexec, market } = me()
    const params = { iexec_args: '1000' }
    const callback = await market.listener()
    const bought = await buy(me(), { app: market.pi, callback: callback.address, params })
    const dealId = field(bought, 'dealid', text)
    await toEnd(await iexec.deal.obsDeal(dealId))
    const task = await iexec.task.show(await iexec.deal.computeTaskId(dealId, 0))
    const points = (1000).toString(16).padStart(64, '0')
    expect(field(task, 'resultsCallback', text)).toMatch(new RegExp(`^0x[0-9a-f]{64}${points}$`))
    // receiveResult(taskid, result): a selector, an id, an offset, a length and two words.
    expect(await callback.heard()).toBe(4 + 32 * 5)
  })
}

type Wanted = Readonly<{
  app: string
  dataset?: string
  volume?: number
  params?: object
  callback?: string
  /** Only in an enclave; clients of 9.x want no other. */
  enclave?: boolean
}>

/** Takes the cheapest orders of the book and signs a request for them. */
async function buy(me: Me, wanted: Wanted): Promise<unknown> {
  const { iexec, market } = me
  const { app, dataset, volume = 1, params = {}, callback } = wanted
  const enclave = wanted.enclave || me.version.startsWith('9.')
  const tag = enclave ? { minTag: TDX } : { maxTag: `0x${'0'.repeat(64)}` }
  const pool = { workerpool: market.facts.workerpool, category: 0, minTrust: 1 }
  const apporder = first(await iexec.orderbook.fetchAppOrderbook({ app, ...tag }))
  const workerpoolorder = first(
    await iexec.orderbook.fetchWorkerpoolOrderbook({ ...pool, ...('minTag' in tag && tag) }),
  )
  const datasetorder = dataset && first(await iexec.orderbook.fetchDatasetOrderbook({ dataset }))
  const draft = await iexec.order.createRequestorder({
    ...{ app, dataset, volume, params, callback, category: 0, trust: 1 },
    ...(enclave && { tag: TDX }),
    ...{ appmaxprice: RLC, workerpoolmaxprice: 2n * RLC, workerpool: pool.workerpool },
  })
  const requestorder = await iexec.order.signRequestorder(draft)
  const orders = { apporder, workerpoolorder, requestorder, ...(datasetorder && { datasetorder }) }
  const estimated = plain(await iexec.order.estimateMatchOrders(orders))
  expect(estimated).toMatchObject({ volume: String(volume) })
  return iexec.order.matchOrders(orders)
}

async function resultOf(me: Me, dealId: string): Promise<ReturnType<typeof filesOf>> {
  return filesOf(await archiveOf(me, dealId))
}

async function archiveOf(me: Me, dealId: string): Promise<Uint8Array> {
  const { deal } = me.iexec
  await toEnd(await deal.obsDeal(dealId))
  return download(me, await deal.computeTaskId(dealId, 0))
}

const archive = z.custom<Response>((value) => value instanceof Object && 'arrayBuffer' in value)

async function download({ iexec }: Me, taskId: unknown): Promise<Uint8Array> {
  const response = archive.parse(await iexec.task.fetchResults(taskId))
  return new Uint8Array(await response.arrayBuffer())
}
