import { Order } from '@traboule/protocol'
import * as abis from '@traboule/protocol/abi'
import {
  type Abi,
  type AbiEvent,
  type AbiFunction,
  domainSeparator,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  keccak256,
  numberToHex,
  stringToHex,
  toEventSelector,
  toFunctionSelector,
  zeroAddress,
  zeroHash,
} from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artifact } from '../../deploy/index.ts'
import { agree, openStage, type Stage } from '../support/stage.ts'
import * as vectors from './vectors.ts'

const functionsOf = (abi: Abi) =>
  abi.filter((item): item is AbiFunction => item.type === 'function')
const eventsOf = (abi: Abi) => abi.filter((item): item is AbiEvent => item.type === 'event')
const signatureOf = (item: AbiFunction) => `${item.name}(${item.inputs.map(({ type }) => type)})`

/** The selectors among `wanted` that the ABI lacks, or has under another name. */
function missing(abi: Abi, wanted: Readonly<Record<string, string>>): string[] {
  const known = new Map(functionsOf(abi).map((item) => [toFunctionSelector(item), item]))
  return Object.entries(wanted).flatMap(([name, selector]) => {
    const found = known.get(selector as Hex)
    const same = found && [found.name, signatureOf(found)].includes(name)
    return same ? [] : [`${name} ${selector}`]
  })
}

test.each([
  ['hub', abis.hubAbi, vectors.hubSelectors],
  ['app registry', abis.appRegistryAbi, vectors.appRegistrySelectors],
  ['dataset registry', abis.datasetRegistryAbi, vectors.datasetRegistrySelectors],
  ['workerpool registry', abis.workerpoolRegistryAbi, vectors.workerpoolRegistrySelectors],
  ['app', abis.appAbi, vectors.appSelectors],
  ['dataset', abis.datasetAbi, vectors.datasetSelectors],
  ['workerpool', abis.workerpoolAbi, vectors.workerpoolSelectors],
] as const)('the %s has every function, under its selector', (_, abi, wanted) => {
  expect(missing(abi, wanted)).toEqual([])
})

test('Boost is declared with the selectors and topics clients know', async () => {
  const parts = await Promise.all(['BoostMatching', 'Boost'].map((name) => artifact(name)))
  const abi = parts.flatMap((part) => part.abi)
  expect(missing(abi, vectors.boostSelectors)).toEqual([])
  expect(topicsOf(abi)).toEqual(vectors.boostTopics)
})

const topicsOf = (abi: Abi) =>
  Object.fromEntries(eventsOf(abi).map((item) => [item.name, toEventSelector(item)]))

test('every event has its topic and its indexed arguments', () => {
  expect(topicsOf(abis.hubAbi)).toMatchObject(vectors.hubTopics)
  expect(topicsOf(abis.workerpoolAbi)).toMatchObject(vectors.workerpoolTopics)
  const counted = Object.fromEntries(
    eventsOf(abis.hubAbi).map(({ name, inputs }) => [name, inputs.filter((i) => i.indexed).length]),
  )
  expect(counted).toMatchObject(vectors.indexed)
})

test('errors with a name of the original have its selector', () => {
  for (const [name, selector] of Object.entries(vectors.hubErrors)) {
    const item = abis.hubAbi.find((each) => each.type === 'error' && each.name === name)
    const inputs = item && 'inputs' in item ? item.inputs : []
    expect(
      toFunctionSelector({ type: 'function', name, inputs, outputs: [], stateMutability: 'view' }),
    ).toBe(selector)
  }
})

type Field = Readonly<{ name?: string; components?: readonly Field[] }>

test.each(Object.entries(vectors.structs))('%s answers its fields in order', (name, fields) => {
  const found = functionsOf(abis.hubAbi).find((item) => item.name === name)
  const [answer] = found?.outputs ?? []
  const flat = (item: Field, prefix = ''): string[] =>
    (item.components ?? []).flatMap((each) =>
      each.components ? flat(each, `${prefix}${each.name}.`) : [`${prefix}${each.name}`],
    )
  expect(flat((answer ?? {}) as Field).join(',')).toBe(fields)
})

test.each(Order.kinds)('the %s order is typed as wallets sign it', (kind) => {
  const { primaryType, types } = Order.typedData[kind]
  const fields = types[primaryType]?.map(({ name, type }) => `${type} ${name}`).join(',')
  expect(keccak256(stringToHex(`${primaryType}(${fields})`))).toBe(vectors.typehashes[kind])
})

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage?.[Symbol.asyncDispose]())

const read = (functionName: string, args: readonly unknown[] = []) =>
  stage.client.readContract({ address: stage.at.hub, abi: abis.hubAbi as Abi, functionName, args })

test('constants are those clients know', async () => {
  for (const [name, value] of Object.entries(vectors.constants))
    expect(await read(name), name).toEqual(value)
})

test('the five categories of every live chain exist', async () => {
  expect(await read('countCategory')).toBe(5n)
  const names = [0n, 1n, 2n, 3n, 4n].map(async (id) => (await read('viewCategory', [id])) as object)
  expect(await Promise.all(names)).toMatchObject([
    { name: 'XS', workClockTimeRef: 300n },
    { name: 'S', workClockTimeRef: 1_200n },
    { name: 'M', workClockTimeRef: 3_600n },
    { name: 'L', workClockTimeRef: 10_800n },
    { name: 'XL', workClockTimeRef: 36_000n },
  ])
})

test('the domain is the one orders are signed in', async () => {
  const { domain } = stage
  expect(await read('domain')).toMatchObject({ name: 'iExecODB', version: '5.0.0' })
  expect(await read('eip712domain_separator')).toBe(domainSeparator({ domain }))
})

test('deals, tasks and orders have the ids clients compute', async () => {
  const orders = await agree(stage, { volume: 2n, params: '{"iexec_args":"a"}' })
  const { app, dataset, workerpool, request } = orders
  const { receipt } = await stage.hub(stage.people.requester, 'matchOrders', [
    app,
    dataset,
    workerpool,
    request,
  ])
  const requestHash = Order.hash('request', request, stage.domain)
  const dealId = keccak256(encodePacked(['bytes32', 'uint256'], [requestHash, 0n]))
  const matched = receipt.logs.find(({ topics }) => topics[0] === vectors.hubTopics.OrdersMatched)
  const hashes = [
    Order.hash('app', app, stage.domain),
    zeroHash,
    Order.hash('workerpool', workerpool, stage.domain),
    requestHash,
  ]
  const words = [dealId, ...hashes, numberToHex(2n, { size: 32 })]
  expect(matched?.data).toBe(`0x${words.map((word) => word.slice(2)).join('')}`)
  expect(await read('viewDeal', [dealId])).toMatchObject({ botSize: 2n, params: request.params })
  await stage.hub(stage.people.scheduler, 'initialize', [dealId, 1n])
  const taskId = keccak256(encodePacked(['bytes32', 'uint256'], [dealId, 1n]))
  expect(await read('viewTask', [taskId])).toMatchObject({ status: 1, dealid: dealId, idx: 1n })
  expect(await read('viewConsumed', [requestHash])).toBe(2n)
})

test('unknown ids answer with empty structs', async () => {
  expect(await read('viewDeal', [zeroHash])).toMatchObject({ botSize: 0n, sponsor: zeroAddress })
  expect(await read('viewTask', [zeroHash])).toMatchObject({ status: 0, contributors: [] })
  expect(await read('viewContribution', [zeroHash, zeroAddress])).toMatchObject({ status: 0 })
})

/** What a call as a stranger reverts with. */
async function refusal(functionName: string, args: readonly unknown[], address = stage.at.hub) {
  const all = [...abis.hubAbi, ...abis.workerpoolRegistryAbi, ...abis.workerpoolAbi] as Abi
  const account = stage.people.workers[0]?.address ?? zeroAddress
  const call = { address, abi: all, functionName, args, account } as const
  return stage.client.simulateContract(call as never).then(
    () => 'nothing',
    (error: Error) => error.message,
  )
}

const nobody = zeroAddress
const someone = '0x00000000000000000000000000000000000000aa'

test.each<[string, readonly unknown[], string]>([
  ['createCategory', ['', '', 1n], 'Ownable: caller is not the owner'],
  ['setTeeBroker', [someone], 'Ownable: caller is not the owner'],
  ['resultFor', [zeroHash], 'task-pending'],
  ['verifySignature', [someone, zeroHash, '0x1234'], 'invalid-signature-format'],
  ['receiveApproval', [someone, 1n, someone, '0x'], 'wrong-token'],
  ['depositForArray', [[1n], []], 'invalid-array-length'],
  ['depositFor', [1n, nobody], 'ERC20: mint to the zero address'],
  ['transfer', [nobody, 1n], 'ERC20: transfer to the zero address'],
  ['approve', [nobody, 1n], 'ERC20: approve to the zero address'],
])('%s%o is refused with its reason', async (name, args, reason) => {
  expect(await refusal(name, args)).toContain(reason)
})

test('configuring twice, and unknown functions, are refused with their reasons', async () => {
  const { hub, token, appRegistry, datasetRegistry, workerpoolRegistry } = stage.at
  const args = [token, '', '', 9, appRegistry, datasetRegistry, workerpoolRegistry, nobody]
  const again = stage.hub(stage.people.owner, 'configure', args)
  await expect(again).rejects.toThrow('already-configured')
  const unknown = stage.client.call({ to: hub, data: '0x715018a6' })
  await expect(unknown).rejects.toThrow('fallback-disabled')
})

test('matching is refused with the code of the first reason', async () => {
  const { app, dataset, workerpool, request } = await agree(stage)
  const dear = { ...workerpool, workerpoolprice: request.workerpoolmaxprice + 1n }
  expect(await refusal('matchOrders', [app, dataset, dear, request])).toContain(
    'iExecV5-matchOrders-0x05',
  )
  const poor = { ...request, requester: someone as Hex, sign: '0x' as const }
  expect(await refusal('matchOrders', [app, dataset, workerpool, poor])).toContain(
    'invalid-signature-format',
  )
})

test('signing an order for somebody else is refused with its reason', async () => {
  const { app } = await agree(stage)
  expect(await refusal('manageAppOrder', [{ order: app, operation: 0, sign: '0x' }])).toMatch(
    /invalid-sender-or-signature|invalid-signature-format/,
  )
})

test('who has too little to lock is told so', async () => {
  const { app, dataset, workerpool, request } = await agree(stage)
  expect(await refusal('sponsorMatchOrders', [app, dataset, workerpool, request])).toBe('nothing')
  const many = await agree(stage, { volume: 2n ** 31n })
  expect(
    await refusal('matchOrders', [many.app, many.dataset, many.workerpool, many.request]),
  ).toContain('IexecEscrow: Transfer amount exceeds balance')
})

test('registries and entries refuse with their reasons', async () => {
  const { workerpoolRegistry } = stage.at
  const { scheduler } = stage.people
  expect(
    await refusal('createWorkerpool', [scheduler.address, 'the workerpool'], workerpoolRegistry),
  ).toContain('Create2: Failed on deploy')
  expect(await refusal('changePolicy', [1n, 1n], stage.assets.workerpool)).toContain(
    'caller is not the owner',
  )
  expect(await refusal('setName', [someone, 'a.eth'], workerpoolRegistry)).toContain(
    'Operation not supported on this chain',
  )
})

test('a task that cannot be worked on says why in a typed error', async () => {
  const word = encodeAbiParameters([{ type: 'bytes32' }], [zeroHash])
  expect(await refusal('reveal', [zeroHash, word])).toContain('WrongStatus')
  expect(await refusal('initialize', [zeroHash, 0n])).toContain('UnknownDeal')
})
