import { Amount, Task } from '@traboule/protocol'
import { type Address, encodeDeployData, type Hex, keccak256, numberToHex, zeroAddress } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifact } from '../deploy/index.ts'
import { agree, authorize, firstDeal, openStage, type Stage } from './support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.[Symbol.asyncDispose]())

const RESULT = numberToHex(42n, { size: 32 })

test('a contract asks for a computation and receives its result', async () => {
  const { requester } = stage.people
  const asker = await deployAsker()
  await stage.hub(requester, 'depositFor', [Amount.parse('10'), asker.address])
  const orders = await agree(stage)
  const request = {
    ...orders.request,
    requester: asker.address,
    callback: asker.address,
    sign: '0x' as const,
  }
  await stage.send(requester.address, { ...asker, functionName: 'ask', args: [request] })
  const taskId = await settle({ ...orders, request })
  const read = { ...asker, functionName: 'resultOf', args: [taskId] }
  expect(await stage.client.readContract(read)).toBe(RESULT)
})

test('nobody else spends its money, nor feeds it results it did not ask for', async () => {
  const { requester, workers } = stage.people
  const asker = await deployAsker()
  const orders = await agree(stage)
  const stranger = workers[1]?.address ?? zeroAddress
  const asking = stage.send(stranger, { ...asker, functionName: 'ask', args: [orders.request] })
  await expect(asking).rejects.toThrow('not yours')

  // A request of somebody else that names the contract as its callback: it completes all the same.
  const unsigned = { ...orders.request, callback: asker.address, sign: '0x' as const }
  await stage.hub(requester, 'manageRequestOrder', [{ order: unsigned, operation: 0, sign: '0x' }])
  const taskId = await settle({ ...orders, request: unsigned })
  const read = { ...asker, functionName: 'resultOf', args: [taskId] }
  expect(await stage.client.readContract(read)).toBe('0x')
})

async function deployAsker() {
  const { abi, bytecode } = await artifact('Asker', 'examples')
  const data = encodeDeployData({ abi, bytecode, args: [stage.at.hub] })
  const transaction = { from: stage.people.requester.address, data }
  const hash = await stage.client.request({
    method: 'eth_sendTransaction' as never,
    params: [transaction] as never, // an account of anvil, which signs by itself
  })
  const { contractAddress } = await stage.client.waitForTransactionReceipt({ hash })
  return { abi, address: (contractAddress ?? zeroAddress) as Address }
}

/** Matches, and has the only worker deliver. */
async function settle(orders: Awaited<ReturnType<typeof agree>>): Promise<Hex> {
  const { scheduler, workers } = stage.people
  const { app, dataset, workerpool, request } = orders
  await stage.hub(scheduler, 'matchOrders', [app, dataset, workerpool, request])
  const dealId = firstDeal(stage, orders)
  await stage.hub(scheduler, 'initialize', [dealId, 0n])
  const taskId = Task.id(dealId, 0n)
  const [worker] = workers
  if (!worker) throw new Error('The stage has no worker.')
  const word = await authorize(stage, worker.address, taskId)
  const args = [taskId, keccak256(RESULT), '0x', RESULT, zeroAddress, '0x', word]
  await stage.hub(worker, 'contributeAndFinalize', args)
  return taskId
}
