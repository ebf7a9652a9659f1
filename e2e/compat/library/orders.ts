/** Orders: the four kinds, from a draft to the book and out of it again. */
import { expect } from 'vitest'
import { z } from 'zod'
import { field, type Kind } from '../iexec.ts'
import { RLC } from '../market.ts'
import { type Me, step, stranger } from './me.ts'

const text = z.string()
const kinds = ['App', 'Dataset', 'Workerpool', 'Request'] as const satisfies readonly Kind[]

type Mine = Readonly<{ app: string; dataset: string; workerpool: string }>

export function orders(me: () => Me): void {
  let mine: Mine
  let found: ReturnType<typeof bookOf>

  step('deploys what its orders are about', async () => {
    mine = await deploy(me())
    found = bookOf(me(), mine)
    await me().iexec.account.deposit(10n * RLC)
  })

  for (const kind of kinds) {
    const lower = kind.toLowerCase()
    step(`signs, publishes and finds an order: ${lower}`, async () => {
      const { address, iexec } = me()
      // The book asks that what a request wants is for sale.
      if (kind === 'Request') await publish(me(), 'App', mine)
      const { hash, signed } = await publish(me(), kind, mine)
      expect(await iexec.order[`hash${kind}order`](signed)).toBe(hash)
      const shown = await iexec.orderbook[`fetch${kind}order`](hash)
      expect(shown).toMatchObject({
        orderHash: hash,
        status: 'open',
        remaining: 5,
        signer: address,
      })
      expect(field(shown, 'order', z.looseObject({}))).toMatchObject({ sign: sign(signed) })
      expect(hashes(await found[kind]())).toContain(hash)
    })

    step(`takes orders out of the book, one, the last and all: ${lower}`, async () => {
      const { iexec } = me()
      const published = []
      for (let n = 0; n < 4; n++) published.push((await publish(me(), kind, mine)).hash)
      const [first = '', second = '', third = '', fourth = ''] = published
      const about = subject(me(), kind, mine)
      expect(await iexec.order[`unpublish${kind}order`](first)).toBe(first)
      expect(await iexec.order[`unpublishLast${kind}order`](about)).toBe(fourth)
      const all = await iexec.order[`unpublishAll${kind}orders`](about)
      expect(all).toEqual(expect.arrayContaining([second, third]))
      expect(hashes(await found[kind]())).toEqual([])
      const gone = iexec.order[`unpublish${kind}order`](first)
      await expect(gone).rejects.toThrow(`${lower}order with orderHash ${first} is not published`)
    })

    step(`cancels an order on chain, and the book follows: ${lower}`, async () => {
      const { iexec } = me()
      if (kind === 'Request') await publish(me(), 'App', mine)
      const { hash, signed } = await publish(me(), kind, mine)
      expect(await iexec.order[`cancel${kind}order`](signed)).toMatchObject({
        txHash: expect.stringMatching(/^0x/),
      })
      await expect
        .poll(() => iexec.orderbook[`fetch${kind}order`](hash), { timeout: 20_000 })
        .toMatchObject({ status: 'canceled' })
      expect(hashes(await found[kind]())).not.toContain(hash)
      const again = iexec.order[`publish${kind}order`](signed)
      await expect(again).rejects.toThrow(/order already (consumed|published)/)
    })
  }

  step('finds restricted orders only for who may use them', async () => {
    const { iexec } = me()
    const [friend, other] = [stranger().address, stranger().address]
    const draft = { app: mine.app, appprice: 1, volume: 5, requesterrestrict: friend }
    const signed = await iexec.order.signApporder(await iexec.order.createApporder(draft))
    const hash = await iexec.order.publishApporder(signed)
    const seenBy = async (requester: string | undefined, more = {}) =>
      hashes(await iexec.orderbook.fetchAppOrderbook({ app: mine.app, requester, ...more }))
    expect(await seenBy(undefined)).not.toContain(hash)
    expect(await seenBy(other)).not.toContain(hash)
    expect(await seenBy(friend)).toContain(hash)
    expect(await seenBy(friend, { isRequesterStrict: true })).toEqual([hash])
    expect(await seenBy('any')).toContain(hash)
    expect(await seenBy(friend, { minVolume: 6 })).not.toContain(hash)
  })

  step('pages through a book', async () => {
    const { iexec } = me()
    const { app } = mine
    await iexec.order.unpublishAllApporders(app)
    const published = []
    for (let n = 0; n < 12; n++) published.push((await publish(me(), 'App', mine)).hash)
    const first = await iexec.orderbook.fetchAppOrderbook({ app, pageSize: 10 })
    expect(first).toMatchObject({ count: 12 })
    const next = field(first, 'more', z.custom<() => Promise<unknown>>())
    const second = await next()
    expect(hashes(first)).toHaveLength(10)
    expect([...hashes(first), ...hashes(second)].toSorted()).toEqual(published.toSorted())
    expect(second).not.toHaveProperty('more')
  })

  step('is told why an order is not published', async () => {
    const { iexec } = me()
    const { signed } = await publish(me(), 'Workerpool', mine)
    const again = iexec.order.publishWorkerpoolorder(signed)
    await expect(again).rejects.toThrow('order already published')
    const dear = { workerpool: mine.workerpool, workerpoolprice: 10_000n * RLC, category: 0 }
    const draft = await iexec.order.createWorkerpoolorder(dear)
    const unaffordable = iexec.order.publishWorkerpoolorder(
      await iexec.order.signWorkerpoolorder(draft),
    )
    await expect(unaffordable).rejects.toThrow('stake is too low')
    const wild = iexec.orderbook.fetchApporder(`0x${'00'.repeat(32)}`)
    await expect(wild).rejects.toThrow('apporder not found')
  })
}

async function deploy({ address: owner, iexec, version }: Me): Promise<Mine> {
  const name = `sold by ${version}`
  const [multiaddr, checksum] = ['registry.example/sold:1.0.0', `0x${'ef'.repeat(32)}`]
  const image = { owner, name, type: 'DOCKER', multiaddr, checksum }
  const app = field(await iexec.app.deployApp(image), 'address', text)
  const data = { owner, name, multiaddr: 'https://example.org/data', checksum }
  const dataset = field(await iexec.dataset.deployDataset(data), 'address', text)
  await iexec.dataset.pushDatasetSecret(dataset, iexec.dataset.generateEncryptionKey())
  const pool = await iexec.workerpool.deployWorkerpool({ owner, description: name })
  return { app, dataset, workerpool: field(pool, 'address', text) }
}

function draftOf(kind: Kind, { app, dataset, workerpool }: Mine): object {
  const drafts = {
    App: { app, appprice: 1, volume: 5 },
    Dataset: { dataset, datasetprice: 2, volume: 5 },
    Workerpool: { workerpool, workerpoolprice: 3, category: 0, volume: 5, trust: 0 },
    Request: { app, appmaxprice: 1, workerpoolmaxprice: 3, category: 0, volume: 5 },
  }
  return drafts[kind]
}

async function publish(me: Me, kind: Kind, mine: Mine) {
  const { order } = me.iexec
  const draft = await order[`create${kind}order`](draftOf(kind, mine))
  const signed = await order[`sign${kind}order`](draft)
  const hash = field({ hash: await order[`publish${kind}order`](signed) }, 'hash', text)
  return { hash, signed }
}

/** How each book is asked for one's own orders. */
function bookOf({ address, iexec }: Me, { app, dataset, workerpool }: Mine) {
  const { orderbook } = iexec
  return {
    App: () => orderbook.fetchAppOrderbook({ app }),
    Dataset: () => orderbook.fetchDatasetOrderbook({ dataset }),
    Workerpool: () => orderbook.fetchWorkerpoolOrderbook({ workerpool, category: 0 }),
    Request: () => orderbook.fetchRequestOrderbook({ requester: address, category: 0 }),
  }
}

function subject({ address }: Me, kind: Kind, { app, dataset, workerpool }: Mine): string {
  return { App: app, Dataset: dataset, Workerpool: workerpool, Request: address }[kind]
}

const book = z.looseObject({ orders: z.array(z.looseObject({ orderHash: text })) })
const hashes = (answer: unknown) => book.parse(answer).orders.map(({ orderHash }) => orderHash)
const sign = (signed: unknown) => field(signed, 'sign', text)
