import { Multiaddr, Scalar } from '@traboule/protocol'
import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app, category, dataset, workerpool } from '../src/index.ts'
import { startChain, type TestChain, wallet } from './chain.ts'

let chain: TestChain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain[Symbol.asyncDispose]())

const location = '/ipfs/QmUJtyUTtUCRSAAFNz9FjKYyDW2s5v2wGGPH1HMbHVS2aH'
const checksum = someBytes32(0xc)

describe('an app', () => {
  test('is registered once, however often it is deployed', async () => {
    const network = await chain.as(1)
    const first = await app.register(network, { name: 'twice', location, checksum })
    expect(await app.register(network, { name: 'twice', location, checksum })).toBe(first)
    expect(await app.show(network, first)).toEqual({
      ...{ address: first, owner: wallet(1).address, name: 'twice', type: 'WASI' },
      ...{ location, checksum, mrenclave: '0x' },
    })
  })

  test('goes to another owner', async () => {
    const [from, to] = [await chain.as(2), await chain.as(3)]
    const address = await app.register(from, { name: 'sold', location, checksum })
    expect((await app.list(from)).map(({ name }) => name)).toEqual(['sold'])
    await app.transfer(from, { app: address, to: wallet(3).address })
    expect(await app.list(from)).toEqual([])
    expect((await app.list(to)).map(({ address }) => address)).toEqual([address])
  })

  test('that nobody registered is an error that says so', async () => {
    await expect(app.show(await chain.as(1), anAddress(9))).rejects.toMatchObject({
      code: 'resource/unknown',
    })
  })
})

test('a dataset is registered where it is', async () => {
  const network = await chain.as(1)
  const address = await dataset.register(network, { name: 'prices', location, checksum })
  expect(await dataset.show(network, address)).toMatchObject({ name: 'prices', location, checksum })
  expect(Multiaddr.encode(location)).toMatch(/^0xa503/)
})

test('a workerpool has the usual policy until its owner changes it', async () => {
  const network = await chain.as(1)
  const address = await workerpool.deploy(network, { description: 'night shift' })
  const policy = { workerStakeRatio: 30n, schedulerRewardRatio: 1n }
  expect(await workerpool.show(network, address)).toMatchObject(policy)
  const changed = { workerStakeRatio: 35n, schedulerRewardRatio: 5n }
  await workerpool.changePolicy(network, address, changed)
  expect(await workerpool.show(network, address)).toMatchObject(changed)
  await expect(workerpool.changePolicy(await chain.as(2), address, changed)).rejects.toMatchObject({
    code: 'chain/reverted',
    message: 'Only the owner may do this.',
  })
})

test('categories tell how long tasks may take', async () => {
  const network = await chain.as(1)
  const all = await category.list(network)
  expect(all.map(({ name }) => name)).toEqual(['XS', 'S', 'M', 'L', 'XL'])
  expect(all[0]).toMatchObject({ id: 0n, contributeWithin: 2_100n, finishWithin: 3_000n })
  await expect(category.show(network, 9n)).rejects.toMatchObject({ code: 'category/unknown' })
  expect(Scalar.nullAddress).toMatch(/^0x0+$/)
})
