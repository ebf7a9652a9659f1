import { type AppError, Order, Salt, Scalar, Tag } from '@traboule/protocol'
import { Signed } from '@traboule/protocol/api'
import { openDatabase } from '@traboule/service-kit'
import { freshDatabase, virtualClock } from '@traboule/service-kit/testing'
import { hashTypedData } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAuth } from '../src/auth.ts'
import type { Tables } from '../src/db/schema.ts'
import { checkSignatures } from '../src/orders/signature.ts'
import { type Market, migrated, openMarket } from './support/market.ts'
import { type Publisher, publisherOn } from './support/publish.ts'
import { openWorld, RLC, type World } from './support/world.ts'

let world: World
let market: Market
let chainId: number
let publish: Publisher['publish']
let authorization: Publisher['authorization']
const json = { 'content-type': 'application/json' }

beforeAll(async () => {
  world = await openWorld()
  market = await openMarket(world)
  chainId = world.chainId
  ;({ publish, authorization } = publisherOn(world, market))
})
afterAll(async () => {
  await market[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

describe('refusing', () => {
  const refused = (code: string, message: unknown) => expect.objectContaining({ code, message })

  test('a signature that is not the owner’s', async () => {
    const order = await world.signed('app', {}, world.people.stranger)
    await expect(publish('app', order)).rejects.toEqual(
      refused('order/bad-signature', 'invalid sign'),
    )
    await expect(publish('app', order, world.people.stranger)).rejects.toEqual(
      refused(
        'request/forbidden',
        `only order signer ${world.people.appOwner.address} can publish an order`,
      ),
    )
  })

  test('an order that was changed after it was signed', async () => {
    const order = { ...(await world.signed('app')), appprice: 2n * RLC }
    await expect(publish('app', order)).rejects.toEqual(
      refused('order/bad-signature', 'invalid sign'),
    )
  })

  test('an order for another chain, and a question about one', async () => {
    const elsewhere = Order.domain(chainId + 1, world.hub)
    const order = await world.signed('app')
    const sign = await world.people.appOwner.signTypedData(
      Order.toSign('app', order, elsewhere) as never,
    )
    await expect(publish('app', { ...order, sign })).rejects.toEqual(
      refused('order/bad-signature', 'invalid sign'),
    )
    expect(await market.raw(`/apporders?chainId=${chainId + 1}&app=any`)).toMatchObject({
      status: 400,
      body: { ok: false, code: 'order/wrong-chain' },
    })
    expect(await market.raw('/apporders?app=any')).toMatchObject({
      status: 400,
      body: { ok: false },
    })
  })

  test('an order whose asset nobody deployed', async () => {
    const order = await world.signed('app', { app: world.people.stranger.address })
    await expect(publish('app', order)).rejects.toEqual(
      refused('order/unknown-resource', 'Resource not deployed'),
    )
  })

  test('orders that nobody could pay for', async () => {
    const pool = await world.signed('workerpool', { workerpoolprice: 4_000n * RLC })
    await expect(publish('workerpool', pool)).rejects.toEqual(
      refused(
        'order/unaffordable',
        "workerpool owner's stake is too low to cover required workerpool lock",
      ),
    )
    await publish('app', await world.signed('app'))
    const request = await world.signed('request', { workerpoolmaxprice: 2_000n * RLC })
    await expect(publish('request', request)).rejects.toEqual(
      refused(
        'order/unaffordable',
        expect.stringContaining('minimum stake required is 2002000000000 nRLC'),
      ),
    )
  })

  test('a request for an app that nobody offers, or offers for more', async () => {
    const alone = { app: world.people.stranger.address }
    await expect(publish('request', await world.signed('request', alone))).rejects.toEqual(
      refused('order/no-match', `No apporder published for app ${alone.app}`),
    )
    await market.book('app', world.people.appOwner).unpublish({
      ...{ query: { chainId }, body: { target: 'unpublish_all', app: world.app } },
    })
    await publish('app', await world.signed('app', { appprice: 5n }))
    const poor = await world.signed('request', { appmaxprice: 4n })
    await expect(publish('request', poor)).rejects.toEqual(
      refused(
        'order/no-match',
        `appmaxprice for app ${world.app} is too low, the cheapest apporder costs 5 nRLC`,
      ),
    )
    const tee = await world.signed('request', { tag: Tag.encode(['tee', 'tdx']) })
    await expect(publish('request', tee)).rejects.toEqual(
      refused('order/no-match', `No tee enabled apporder published for app ${world.app}`),
    )
    const dataset = await world.signed('request', { dataset: world.people.worker.address })
    await expect(publish('request', dataset)).rejects.toEqual(
      refused(
        'order/no-match',
        `No datasetorder published for dataset ${world.people.worker.address}`,
      ),
    )
  })

  test('an order that the chain has closed, or already used up', async () => {
    const closed = await world.signed('app')
    await world.hubCall(world.people.appOwner, 'manageAppOrder', [
      { order: closed, operation: 1, sign: '0x' },
    ])
    await expect(publish('app', closed)).rejects.toEqual(
      refused('order/closed', 'order already consumed'),
    )
    const used = await world.signed('app')
    await world.match({ app: used })
    await expect(publish('app', used)).rejects.toEqual(
      refused('order/consumed', 'order already consumed'),
    )
  })

  test('an order whose time is over', async () => {
    const salt = Salt.write({ expiry: 1_700_000_000n, unique: Uint8Array.of(1, 2, 3) })
    await expect(publish('app', await world.signed('app', { salt }))).rejects.toEqual(
      refused('order/expired', 'order expired'),
    )
  })

  test('more open orders of one wallet than the book keeps', async () => {
    await using small = await openMarket(world, { OPEN_ORDERS: '2' })
    const book = small.book('dataset', world.people.datasetOwner)
    for (let n = 0; n < 2; n++)
      await book.publish({ query: { chainId }, body: { order: await world.signed('dataset') } })
    const third = { query: { chainId }, body: { order: await world.signed('dataset') } }
    const { address } = world.people.datasetOwner
    await expect(book.publish(third)).rejects.toEqual(
      refused(
        'order/too-many',
        `maximum of 2 published open datasetorder has been reached for wallet ${address}`,
      ),
    )
  })

  test.each([
    ['not JSON', '{"order":', 400],
    ['an array', '[]', 400],
    ['no order', '{}', 400],
    ['an order of another kind', JSON.stringify({ order: { workerpool: '0x' } }), 400],
    ['a prototype', '{"order":{"__proto__":{"app":1}}}', 400],
    ['one megabyte', JSON.stringify({ order: { app: 'x'.repeat(1_000_000) } }), 413],
    ['deep nesting', `{"order":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
  ])('malformed bodies: %s', async (_, body, status) => {
    const headers = { ...json, authorization: await authorization() }
    const answer = await market.raw(`/apporders?chainId=${chainId}`, {
      method: 'POST',
      headers,
      body,
    })
    expect(answer).toMatchObject({ status, body: { ok: false, error: expect.any(String) } })
    expect(answer.headers.get('content-type')).toContain('application/json')
  })

  test('characters that no database keeps', async () => {
    for (const params of ['a zero: \0', 'half a character: \ud800']) {
      const order = await world.signed('request', { params: 'text' })
      const query = { chainId: world.chainId }
      const body = { order: { ...order, params } }
      const publishing = market.book('request', world.people.requester).publish({ query, body })
      await expect(publishing).rejects.toMatchObject({ code: 'order/malformed' })
    }
  })

  test('numbers that JSON cannot carry', async () => {
    const order = await world.signed('app', { volume: Scalar.MAX_SAFE + 1n })
    await expect(publish('app', order)).rejects.toEqual(
      refused('order/malformed', 'volume must be at most 9007199254740991'),
    )
  })

  test('authorizations that prove nothing', async () => {
    const other = await authorization(world.people.stranger)
    const [hash, signature] = other.split('_')
    for (const header of [
      '',
      'Bearer x',
      `${hash}_${signature}_${world.people.appOwner.address}`,
    ]) {
      const answer = await market.raw(`/apporders?chainId=${chainId}`, {
        method: 'PUT',
        headers: { ...json, authorization: header },
        body: JSON.stringify({ target: 'unpublish_all', app: world.app }),
      })
      expect(answer).toMatchObject({ status: 403, body: { error: 'invalid authorization' } })
    }
  })

  test('an order that is in the book already, or not at all', async () => {
    const order = await world.signed('dataset')
    const { orderHash } = await publish('dataset', order)
    await expect(publish('dataset', order)).rejects.toEqual(
      refused('order/already-published', 'order already published'),
    )
    const unknown = orderHash.replace(/.{8}$/, '00000000')
    expect(await market.raw(`/datasetorders/${unknown}?chainId=${chainId}`)).toMatchObject({
      ...{ status: 404, body: { ok: false, error: 'datasetorder not found' } },
    })
  })

  test('an authorization that was used, whichever kind it is', async () => {
    const { address } = world.people.datasetOwner
    const target = `/datasetorders?chainId=${chainId}`
    const body = JSON.stringify({ target: 'unpublish_last', dataset: address })
    const claim = {
      ...{
        chainId,
        service: 'market',
        method: 'PUT',
        target,
        issuedAt: Math.floor(Date.now() / 1000),
      },
      body: new TextEncoder().encode(body),
    }
    for (const authorization of [
      await publisherOn(world, market).authorization(world.people.datasetOwner),
      await Signed.sign(claim, world.people.datasetOwner),
    ]) {
      const init = { method: 'PUT', headers: { ...json, authorization }, body }
      expect((await market.raw(target, init)).body).toMatchObject({ code: 'order/unknown' })
      const replayed = await market.raw(target, init)
      expect(replayed).toMatchObject({ status: 403, body: { error: 'invalid authorization' } })
    }
  })

  test('a challenge that was not signed in five minutes', async () => {
    await using database = await freshDatabase(migrated)
    await using opened = await openDatabase<Tables>(database.url)
    const clock = virtualClock()
    const signatures = checkSignatures(world.client, world.hub)
    const auth = openAuth({ db: opened.db, chainId, clock, signatures })
    const by = world.people.appOwner
    const claim = { chainId, service: 'market', method: 'PUT', target: '/', body: undefined }
    async function after(ms: number) {
      const { types, ...data } = await auth.challenge(by.address)
      const typed = { ...data, types: { Challenge: types.Challenge } }
      const signed = `${hashTypedData(typed)}_${await by.signTypedData(typed)}_${by.address}`
      await clock.pass(ms)
      return auth.authorize(signed, claim, Math.floor(clock.now() / 1000))
    }
    expect(await after(300_000)).toBe(by.address)
    const late = await after(300_001).catch((error: AppError) => error)
    expect(late).toMatchObject({
      ...{ code: 'request/unauthorized', message: 'invalid authorization' },
      details: { reason: 'The challenge is older than 5 minutes.' },
    })
  })
})
