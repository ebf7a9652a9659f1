/** Testing: one builder a noun. Give the fields a test is about; the rest is ordinary. */
import { type Hex, padHex } from 'viem'
import type { Deal } from './deal.ts'
import { noDataset, type Order, type Unsigned } from './order.ts'
import { nullAddress, nullBytes32 } from './scalars.ts'

/** A recognisable address: `anAddress(7)` ends in 7. */
export const anAddress = (n: number) => padHex(`0x${n.toString(16)}`, { size: 20 })

/** A recognisable 32-byte value. */
export const someBytes32 = (n: number): Hex => padHex(`0x${n.toString(16)}`, { size: 32 })

const open = {
  tag: nullBytes32,
  volume: 1n,
  salt: someBytes32(1),
  sign: '0x' as Hex,
}

export function anAppOrder(over: Partial<Unsigned<'app'>> = {}): Order<'app'> {
  const anyone = { datasetrestrict: nullAddress, workerpoolrestrict: nullAddress }
  return {
    app: anAddress(0xa),
    appprice: 0n,
    ...open,
    ...anyone,
    requesterrestrict: nullAddress,
    ...over,
  }
}

export function aDatasetOrder(over: Partial<Unsigned<'dataset'>> = {}): Order<'dataset'> {
  return { ...noDataset, dataset: anAddress(0xd), volume: 1n, salt: open.salt, ...over }
}

export function aWorkerpoolOrder(over: Partial<Unsigned<'workerpool'>> = {}): Order<'workerpool'> {
  return {
    workerpool: anAddress(0xb),
    workerpoolprice: 0n,
    ...open,
    category: 0n,
    trust: 0n,
    apprestrict: nullAddress,
    datasetrestrict: nullAddress,
    requesterrestrict: nullAddress,
    ...over,
  }
}

export function aRequestOrder(over: Partial<Unsigned<'request'>> = {}): Order<'request'> {
  return {
    app: anAddress(0xa),
    appmaxprice: 0n,
    dataset: nullAddress,
    datasetmaxprice: 0n,
    workerpool: nullAddress,
    workerpoolmaxprice: 0n,
    requester: anAddress(0xc),
    ...open,
    category: 0n,
    trust: 0n,
    beneficiary: anAddress(0xc),
    callback: nullAddress,
    params: '',
    ...over,
  }
}

export function aDeal(over: Partial<Deal> = {}): Deal {
  const resource = (n: number) => ({ pointer: anAddress(n), owner: anAddress(n + 1), price: 0n })
  return {
    dealId: someBytes32(0xdea1),
    app: resource(0xa0),
    dataset: { pointer: nullAddress, owner: nullAddress, price: 0n },
    workerpool: resource(0xb0),
    trust: 1n,
    category: 0n,
    tag: nullBytes32,
    requester: anAddress(0xc),
    beneficiary: anAddress(0xc),
    callback: nullAddress,
    params: '',
    startTime: 0n,
    botFirst: 0n,
    botSize: 1n,
    workerStake: 0n,
    schedulerRewardRatio: 1n,
    sponsor: anAddress(0xc),
    ...over,
  }
}

export { type Dice, dice } from './dice.ts'
