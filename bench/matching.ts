/** Matching: how long it takes to find the deal to make of a request, as the broker does. */
import { Order } from '@traboule/protocol'
import { anAddress, aRequestOrder, someBytes32 } from '@traboule/protocol/testing'
import { openDatabase } from '@traboule/service-kit'
import { choose } from '../services/market/src/broker/choose.ts'
import { offersFor, type Request } from '../services/market/src/broker/offers.ts'
import type { Tables } from '../services/market/src/db/schema.ts'

const any = (most: number) => Math.floor(Math.random() * most)
const address = (n: number) => `0x${(n + 1).toString(16).padStart(40, '0')}` as const
const TAGS = [0, 0, 9, 256]
const TRUSTS = [0, 1, 5, 10, 15, 50]

/** Somebody's wish, of which some name a dataset, a workerpool or a tag, and some are poor. */
function request(n: number): Request {
  const order = aRequestOrder({
    app: address(any(5_000)),
    appmaxprice: 10n ** 9n,
    dataset: n % 5 === 0 ? address(any(5_000)) : Order.noDataset.dataset,
    datasetmaxprice: 10n ** 9n,
    workerpool: n % 10 === 0 ? address(any(500)) : Order.noDataset.dataset,
    workerpoolmaxprice: n % 7 === 0 ? 10n : 10n ** 9n,
    requester: address(any(20_000)),
    volume: BigInt(1 + any(2_000)),
    tag: someBytes32(TAGS[any(TAGS.length)] ?? 0),
    category: BigInt(any(5)),
    trust: BigInt(TRUSTS[any(TRUSTS.length)] ?? 0),
    salt: someBytes32(n),
  })
  return {
    order: { ...order, sign: '0x' },
    hash: someBytes32(n),
    remaining: order.volume,
    publishedAt: 0,
  }
}

/** Milliseconds that each of `count` searches took, and how many found a deal. */
export async function match(url: string, count: number) {
  await using database = await openDatabase<Tables>(url)
  const chooser = { matcher: anAddress(1), refused: new Set<string>() }
  const times: number[] = []
  let found = 0
  for (let n = 0; n < count; n++) {
    const wish = request(n)
    const began = performance.now()
    const { isMember, ...offers } = await offersFor(database.db, wish)
    if (choose(wish, offers, { ...chooser, isMember })) found++
    times.push(performance.now() - began)
  }
  return { times, found }
}
