import { Amount } from '@traboule/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, openNetwork } from '../src/index.ts'
import { startChain, type TestChain, wallet } from './chain.ts'

let chain: TestChain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain[Symbol.asyncDispose]())

test('deposits in one transaction and withdraws again', async () => {
  const network = await chain.as(1)
  await account.deposit(network, Amount.parse('10'))
  expect(await account.show(network)).toMatchObject({
    address: wallet(1).address,
    wallet: Amount.parse('990'),
    stake: Amount.parse('10'),
    locked: 0n,
    score: 0n,
  })
  await account.withdraw(network, Amount.parse('4'))
  expect(await account.show(network)).toMatchObject({ stake: Amount.parse('6') })
})

test('says how much is there when an amount is too large', async () => {
  const network = await chain.as(2)
  await expect(account.deposit(network, Amount.parse('5000'))).rejects.toMatchObject({
    code: 'account/too-little',
    message: expect.stringContaining('1000 RLC'),
  })
  await expect(account.withdraw(network, 1n)).rejects.toMatchObject({ code: 'account/too-little' })
  await expect(account.deposit(network, 0n)).rejects.toMatchObject({ code: 'request/invalid' })
})

test('sends through a wallet that keeps its key, and says when it refuses', async () => {
  const { address } = (await chain.as(4)).signer ?? { address: '0x' as const }
  const asked: string[] = []
  const request = async (call: { method: string }) => {
    asked.push(call.method)
    if (call.method.startsWith('eth_send') && asked.length > 99) throw new Error('User rejected it')
    return chain.client.request(call as never)
  }
  const network = openNetwork(chain.profile, { address, provider: { request } as never })
  await account.deposit(network, 7n)
  expect(await account.show(network)).toMatchObject({ stake: 7n })
  expect(asked).toContain('eth_sendTransaction')
  const elsewhere = async (call: { method: string }) =>
    call.method === 'eth_chainId' ? '0x1' : request(call)
  const lost = openNetwork(chain.profile, { address, provider: { request: elsewhere } as never })
  await expect(account.deposit(lost, 7n)).rejects.toMatchObject({
    code: 'chain/wrong-network',
    details: { expected: 65_535, found: 1 },
  })
  asked.length = 99
  await expect(account.deposit(network, 7n)).rejects.toMatchObject({ code: 'wallet/refused' })
})

test('pays for gas by the base fee of the newest block and a tip', async () => {
  const network = await chain.as(5)
  const { transactionHash } = await account.deposit(network, 1n)
  const sent = await chain.client.getTransaction({ hash: transactionHash })
  expect(sent).toMatchObject({ type: 'eip1559', chainId: chain.profile.chainId })
  const { baseFeePerGas } = await chain.client.getBlock({ blockHash: sent.blockHash })
  expect(sent.maxFeePerGas).toBeGreaterThanOrEqual(baseFeePerGas ?? 0n)
})

test('gives parallel transactions of one wallet a nonce each', async () => {
  const network = await chain.as(3)
  await Promise.all(Array.from({ length: 5 }, () => account.deposit(network, 1n)))
  expect(await account.show(network)).toMatchObject({ stake: 5n })
})

test('asks for a wallet where one is needed', async () => {
  const network = openNetwork(chain.profile)
  await expect(account.show(network)).rejects.toMatchObject({ code: 'wallet/missing' })
  await expect(account.show(network, wallet(0).address)).resolves.toMatchObject({ stake: 0n })
})

test('refuses to write to another chain than the profile says', async () => {
  const network = openNetwork({ ...chain.profile, chainId: 1 }, wallet(1))
  await expect(account.deposit(network, 1n)).rejects.toMatchObject({
    code: 'chain/wrong-network',
    details: { expected: 1, found: 65_535 },
  })
})

test('says when nothing answers', async () => {
  const network = openNetwork({ ...chain.profile, rpcUrl: 'http://127.0.0.1:9' }, wallet(1))
  await expect(account.show(network)).rejects.toMatchObject({ code: 'chain/unreachable' })
})
