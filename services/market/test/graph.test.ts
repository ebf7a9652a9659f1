/** All questions to one market whose chain is filled once: filling another costs more than the length. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Cid, Order, Scalar } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { Hex } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entities, interfaces } from '../src/graph/entities.ts'
import { type Market, openMarket, until } from './support/market.ts'
import { complete } from './support/work.ts'
import { openWorld, type World } from './support/world.ts'

let world: World
let market: Market
let deal: Hex
let task: Hex
/** A storage that has these contents, as far as the market can tell. */
const contents = new Map<string, Uint8Array>()
const storage = createServer(({ url = '' }, response) => {
  const bytes = contents.get(url.slice('/ipfs/'.length))
  response.statusCode = bytes ? 200 : 404
  response.end(bytes)
})
const keep = (value: unknown) => {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  const cid = Cid.of(bytes)
  contents.set(cid, bytes)
  return cid
}
beforeAll(async () => {
  world = await openWorld()
  await once(storage.listen(0, '127.0.0.1'), 'listening')
  const workerpool = await world.signed('workerpool', { volume: 2n })
  const request = await world.signed('request', {
    volume: 2n,
    trust: 4n,
    params: '{"iexec_args":"1"}',
  })
  const app = await world.signed('app', { volume: 2n })
  deal = await world.match({ app, workerpool, request })
  task = await complete(world, deal, [world.people.worker, world.people.requester])
  await world.node('evm_increaseTime', [60])
  const order = Order.toJson(await world.signed('dataset', { volume: Scalar.MAX_SAFE }))
  const bulk_cid = keep([keep([order, 'no order']), keep([])])
  const params = JSON.stringify({ bulk_cid })
  const inBulk = await world.signed('request', { params })
  await world.match({ request: inBulk })
  const { port } = storage.address() as AddressInfo // it listens on TCP
  market = await openMarket(world, { IPFS_URL: `http://127.0.0.1:${port}` })
  const newest = Number(await world.client.getBlockNumber())
  await until(
    () => ask('{ _meta { block { number } } }'),
    ({ data }) => data._meta.block.number === newest,
  )
})
afterAll(async () => {
  storage.close()
  await market?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

async function ask(query: string, variables: object = {}, more: object = {}) {
  const body = JSON.stringify({ query, variables, ...more })
  const headers = { 'content-type': 'application/json' }
  return (await market.raw('/graphql', { method: 'POST', headers, body })).body
}

/** The answer, when there is nothing against it. */
async function data(query: string, variables: object = {}) {
  const answer = await ask(query, variables)
  expect(answer.errors).toBeUndefined()
  return answer.data
}

const lower = (text: string) => text.toLowerCase()

test('a page of deals has what a table of them shows, and whether there is a next page', async () => {
  const found = await data(
    `query Deals($length: Int = 20, $skip: Int = 0, $nextSkip: Int = 20) {
      deals(first: $length, skip: $skip, orderBy: timestamp, orderDirection: desc) {
        dealid: id
        timestamp
        requester { address: id }
        app { address: id name }
        dataset { address: id name }
        workerpool { address: id description }
        category { catid: id workClockTimeRef }
        startTime appPrice datasetPrice workerpoolPrice botSize trust
        completedTasksCount claimedTasksCount
      }
      dealsHasNext: deals(first: 1, skip: $nextSkip, orderBy: timestamp, orderDirection: desc) { id }
    }`,
    { length: 1, nextSkip: 1 },
  )
  expect(found.dealsHasNext).toEqual([{ id: deal }])
  const [older] = (
    await data(`{ deals(where: { id: "${deal}" }) {
    id appPrice botSize completedTasksCount params
    app { id name owner { id } } dataset { id } tasks { id status index }
    apporder { id appprice } requestorder { id } events { __typename transaction { id } } } }`)
  ).deals
  expect(older).toMatchObject({
    id: deal,
    appPrice: '1',
    botSize: '2',
    completedTasksCount: '1',
    params: '{"iexec_args":"1"}',
    app: {
      id: lower(world.app),
      name: 'an app',
      owner: { id: lower(world.people.appOwner.address) },
    },
    dataset: null,
    tasks: [{ id: task, status: 'COMPLETED', index: '0' }],
    apporder: { appprice: '1' },
    events: [{ __typename: 'OrdersMatched' }],
  })
})

test('a task tells its events, who contributed, and what only the chain knows', async () => {
  const { task: found } = await data(
    `query Task($taskId: ID!) { task(id: $taskId) {
      status index results resultsCallback finalDeadline requester { address: id }
      deal { dealid: id tag category { name } }
      contributions(orderBy: worker__score, orderDirection: desc, where: { worker_: { score: 1 } }) { status worker { id score } hash seal challenge }
      rewards { value account { id } } seizes { id }
      events(orderBy: timestamp, orderDirection: asc) {
        type: __typename timestamp transaction { txHash: id }
        ... on TaskContribute { worker { id } hash }
        ... on TaskConsensus { consensus }
        ... on TaskReveal { digest worker { id } }
        ... on TaskFinalize { results }
      } } }`,
    { taskId: task },
  )
  const worker = lower(world.people.worker.address)
  expect(found).toMatchObject({
    status: 'COMPLETED',
    resultsCallback: '0x',
    deal: { dealid: deal },
  })
  expect(found.contributions).toHaveLength(2)
  expect(found.contributions).toContainEqual(
    expect.objectContaining({
      status: 'PROVED',
      worker: { id: worker, score: '1' },
      challenge: `0x${'0'.repeat(40)}`,
    }),
  )
  expect(found.events.map(({ type }: { type: string }) => type)).toEqual([
    'TaskInitialize',
    'TaskContribute',
    'TaskContribute',
    'TaskConsensus',
    'TaskReveal',
    'TaskReveal',
    'TaskFinalize',
  ])
  expect(found.events.map(({ worker }: { worker?: { id: string } }) => worker?.id)).toContain(
    worker,
  )
  const paid = found.rewards.map(({ value }: { value: string }) => Number(value))
  expect(paid.reduce((sum: number, each: number) => sum + each, 0)).toBeGreaterThan(1)
})

test('one question about an id finds whatever has it', async () => {
  const search = `query Search($search: ID!) {
    app(id: $search) { address: id } dataset(id: $search) { address: id }
    workerpool(id: $search) { address: id } deal(id: $search) { dealid: id }
    task(id: $search) { taskid: id } account(id: $search) { address: id balance frozen }
    transaction(id: $search) { txHash: id blockNumber from { id } to { id } gasUsed gasLimit gasPrice }
  }`
  const nothing = {
    app: null,
    dataset: null,
    workerpool: null,
    deal: null,
    task: null,
    account: null,
    transaction: null,
  }
  const app = lower(world.app)
  expect(await data(search, { search: app })).toEqual({ ...nothing, app: { address: app } })
  const pool = await data(search, { search: world.workerpool })
  expect(pool).toEqual({ ...nothing, workerpool: { address: lower(world.workerpool) } })
  const { requester } = world.people
  const { account } = await data(search, { search: lower(requester.address) })
  const { stake, locked } = await world.client.readContract({
    address: world.hub,
    abi: hubAbi,
    functionName: 'viewAccount',
    args: [requester.address],
  })
  expect(Number(account.balance) * 1e9).toBeCloseTo(Number(stake), 0)
  expect(Number(account.frozen) * 1e9).toBeCloseTo(Number(locked), 0)
  const [{ transaction }] = (await data('{ taskFinalizes { transaction { id } } }')).taskFinalizes
  const found = await data(search, { search: transaction.id })
  const receipt = await world.client.getTransactionReceipt({ hash: transaction.id })
  expect(found.transaction).toMatchObject({
    from: { id: lower(world.people.poolOwner.address) },
    to: { id: lower(world.hub) },
    gasUsed: String(receipt.gasUsed),
    blockNumber: String(receipt.blockNumber),
  })
})

test('a transaction’s events are found by their kind', async () => {
  const [{ transaction }] = (await data('{ taskFinalizes { transaction { id } } }')).taskFinalizes
  const found = await data(
    `query Events($hash: String!) {
      rewards(where: { transaction: $hash }) { type: __typename account { id } value task { taskid: id } }
      unlocks(where: { transaction: $hash }) { account { id } value }
      accurateContributions(where: { transaction: $hash }) { account { id } score contribution { id } }
      appTransfers(where: { transaction: $hash }) { id }
      ordersMatcheds(where: { transaction: $hash }) { deal { id } }
      taskConsensuses(where: { transaction: $hash }) { id }
      schedulerNotices(where: { transaction: $hash }) { id }
      policyUpdates(where: { transaction: $hash }) { id }
    }`,
    { hash: transaction.id },
  )
  const worker = lower(world.people.worker.address)
  expect(found.rewards.length).toBeGreaterThanOrEqual(3)
  const score = { account: { id: worker }, score: '1', contribution: { id: `${task}-${worker}` } }
  expect(found.accurateContributions).toContainEqual(score)
  expect(found.appTransfers).toEqual([])
  expect(found.ordersMatcheds).toEqual([])
})

test('an address tells all it has, each list with a page of its own', async () => {
  const { appOwner, worker, requester } = world.people
  const address = `query Address($address: ID!, $first: Int = 1000) { account(id: $address) {
    staked: balance locked: frozen score
    apps(first: $first) { id usageCount transfers { from { id } to { id } } }
    contributions(first: $first, orderBy: timestamp, orderDirection: desc) { id task { taskid: id } }
    dealRequester(first: $first) { id } dealBeneficiary { id } taskRequester { id }
    events { __typename } } }`
  const of = async (who: { address: string }) =>
    (await data(address, { address: lower(who.address) })).account
  expect((await of(appOwner)).apps).toMatchObject([
    { id: lower(world.app), usageCount: '2', transfers: [{ to: { id: lower(appOwner.address) } }] },
  ])
  expect((await of(worker)).contributions).toMatchObject([{ task: { taskid: task } }])
  const asking = await of(requester)
  expect([
    asking.dealRequester.length,
    asking.dealBeneficiary.length,
    asking.taskRequester.length,
  ]).toEqual([2, 2, 1])
  expect(new Set(asking.events.map((event: { __typename: string }) => event.__typename))).toContain(
    'Lock',
  )
})

test('filters compare, combine and look at what is named', async () => {
  const count = async (where: string) =>
    (await data(`{ deals(where: ${where}) { id } }`)).deals.length
  expect(await count('{ botSize_gt: 1 }')).toBe(1)
  expect(await count('{ botSize_in: ["1", "2"] }')).toBe(2)
  expect(await count('{ or: [{ botSize: 1 }, { botSize: 2 }], trust_not: 7 }')).toBe(2)
  expect(await count('{ app_: { name_contains_nocase: "AN APP" } }')).toBe(2)
  expect(await count('{ app_: { name_starts_with: "%" } }')).toBe(0)
  expect(await count('{ tasks_: { status: COMPLETED } }')).toBe(1)
  expect(await count('{ tasks_: { status: FAILED } }')).toBe(0)
  expect(await count('{ appPrice_gte: "0.999999999", appPrice_lt: "1.000000001" }')).toBe(2)
  expect(await count(`{ requester: "${lower(world.people.requester.address)}" }`)).toBe(2)
  expect(await count(`{ requester_not_in: ["${world.people.requester.address}"] }`)).toBe(0)
  expect(await count('{ dataset: null }')).toBe(2)
  expect(await count('{ _change_block: { number_gte: 1000000 } }')).toBe(0)
  const newest = await data('{ tasks(orderBy: deal__timestamp, orderDirection: desc) { id } }')
  expect(newest.tasks).toEqual([{ id: task }])
})

test('a deal tells the datasets that its tasks use in bulk, and a dataset where it is used', async () => {
  const query = `{ bulks(first: 2) { id hash deal { params } slices(first: 2) {
    id index task { id } datasets(first: 2) { id bulkUsages { id } }
    datasetOrders { id volume dataset { id } } } } }`
  const { bulks } = await until(
    () => data(query),
    (found) => found.bulks[0]?.slices[0]?.datasetOrders.length === 1,
  )
  const [bulk] = bulks
  const dataset = lower(world.dataset)
  expect(bulk).toMatchObject({
    deal: { params: JSON.stringify({ bulk_cid: bulk.hash }) },
    slices: [{ id: `${bulk.id}-0`, index: '0', task: null, datasets: [{ id: dataset }] }],
  })
  expect(bulk.slices[0].datasets[0].bulkUsages).toEqual([{ id: `${bulk.id}-0` }])
  expect(bulk.slices[0].datasetOrders).toMatchObject([
    { volume: String(Scalar.MAX_SAFE), dataset: { id: dataset } },
  ])
  const { deal } = await data(`{ deal(id: "${bulk.id}") { bulk { id slices { id } } } }`)
  expect(deal.bulk).toEqual({ id: bulk.id, slices: [{ id: `${bulk.id}-0` }] })
})

test('the totals of the protocol are those of the index', async () => {
  const { protocol } = await data(`{ protocol(id: "iExec") { dealsCount tasksCount
    completedTasksCount appsCount datasetsCount workerpoolsCount categoriesCount tvl } }`)
  expect(protocol).toMatchObject({
    dealsCount: '2',
    tasksCount: '3',
    completedTasksCount: '1',
    tvl: '3000',
  })
})

test('orders are known from the book as well as from their deals', async () => {
  await market.book('app', world.people.appOwner).publish({
    query: { chainId: world.chainId },
    body: { order: await world.signed('app', { volume: 7n }) },
  })
  const { appOrders } = await data(`{ appOrders(where: { app: "${world.app}" }, orderBy: volume) {
    id appprice volume requesterrestrict deals { id } } }`)
  expect(appOrders).toHaveLength(3)
  expect(appOrders[0]).toMatchObject({ appprice: '1', volume: '7', deals: [] })
  const matched = appOrders.find(({ deals }: { deals: { id: string }[] }) => deals[0]?.id === deal)
  expect(matched).toMatchObject({ appprice: '1', volume: null })
})

test('a block other than the newest is refused, and one that was passed is not', async () => {
  const { _meta } = await data(
    '{ _meta { block { number hash timestamp } deployment hasIndexingErrors } }',
  )
  const { number, hash } = _meta.block
  expect(_meta).toMatchObject({ deployment: lower(world.hub), hasIndexingErrors: false })
  await data(`{ deals(block: { number: ${number} }) { id } }`)
  await data(`{ deals(block: { hash: "${hash}" }) { id } }`)
  await data(`{ deals(block: { number_gte: ${number - 1} }) { id } }`)
  const { errors } = await ask(`{ deals(block: { number: ${number + 1} }) { id } }`)
  expect(errors[0].extensions).toMatchObject({
    code: 'block/unknown',
    details: { newest: String(number) },
  })
})

test('a query that asks too much is refused before anything is read', async () => {
  const codeOf = async (query: string) => (await ask(query)).errors?.[0].extensions?.code
  expect(await codeOf('{ deals(first: 1001) { id } }')).toBe('request/invalid')
  expect(await codeOf('{ deals(skip: 5001) { id } }')).toBe('request/invalid')
  expect(await codeOf('{ deals(first: 1000) { tasks(first: 1000) { id } } }')).toBe(
    'request/too-dear',
  )
  const deep = `${'{ deal(id: "0x") '.slice(0, 17)}${'{ app { usages(first: 1) '.repeat(7)}{ id }${' } }'.repeat(7)} }`
  expect(await codeOf(deep)).toBe('request/too-dear')
  const bomb = Array.from(
    { length: 30 },
    (_, n) => `fragment f${n} on App { ...f${n + 1} ...f${n + 1} }`,
  )
  const whole = `{ apps(first: 1) { ...f0 } } ${bomb.join(' ')} fragment f30 on App { id }`
  expect(await codeOf(whole)).toBe('request/too-dear')
})

test('what is no query is told so, whatever it is', async () => {
  const post = (body: string) =>
    market.raw('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
  expect((await post('{')).body.code).toBe('request/not-json')
  expect((await post('[]')).body.code).toBe('request/invalid')
  expect((await post('{"query":7}')).body.code).toBe('request/invalid')
  expect((await ask('')).errors[0].extensions.code).toBe('request/invalid')
  expect((await ask('{ deals { nonsense } }')).errors[0].message).toMatch(/nonsense/)
  expect((await ask('mutation { deals { id } }')).errors).toHaveLength(1)
  expect((await ask('{ deals(where: { botSize: "many" }) { id } }')).errors[0].message).toMatch(
    /BigInt/,
  )
  const persisted = { extensions: { persistedQuery: { version: 1, sha256Hash: 'ab' } } }
  const { errors } = await ask('', {}, persisted)
  expect(errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_SUPPORTED')
})

test('the graph has a page, and answers what is asked in an address', async () => {
  const page = await fetch(new URL('/graphql', market.url))
  expect(page.headers.get('content-type')).toMatch(/html/)
  expect(await page.text()).toMatch(/<textarea/)
  const { body } = await market.raw(`/graphql?query=${encodeURIComponent('{ deals { id } }')}`)
  expect(body.data.deals).toHaveLength(2)
})

test('every collection and every field of the table can be asked for', async () => {
  const { __schema } = await data('{ __schema { queryType { fields { name type { kind } } } } }')
  const collections = __schema.queryType.fields.filter(
    ({ type }: { type: { kind: string } }) => type.kind === 'NON_NULL',
  )
  expect(collections).toHaveLength(Object.keys(entities).length + Object.keys(interfaces).length)
  for (const [type, { fields, plural }] of Object.entries(entities)) {
    const collection = plural ?? `${type.charAt(0).toLowerCase()}${type.slice(1)}s`
    const whole = Object.entries(fields).map(([name, row]) =>
      row.is === 'many'
        ? `${name}(first: 2) { id }`
        : 'to' in row && row.to
          ? `${name} { id }`
          : name,
    )
    const orders = Object.entries(fields).flatMap(([name, row]) =>
      row.is === 'value' || row.is === 'one'
        ? [`by_${name}: ${collection}(first: 1, orderBy: ${name}) { id }`]
        : [],
    )
    const all = await data(`{ ${collection}(first: 2) { ${whole.join(' ')} } ${orders.join(' ')} }`)
    for (const answer of Object.values(all)) expect(answer, type).toBeInstanceOf(Array)
  }
})
