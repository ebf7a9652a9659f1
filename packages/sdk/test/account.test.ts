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
