/** Claims: money that comes back from deals nobody served. */
import { expect } from 'vitest'
import { z } from 'zod'
import { field, first, plain, toEnd } from '../iexec.ts'
import { FLEETING, RLC, TDX } from '../market.ts'
import { type Me, step } from './me.ts'

const text = z.string()

export function claims(me: () => Me): void {
  step('claims a task that nobody worked on in time', async () => {
    const { address, iexec } = me()
    const before = plain(await iexec.account.checkBalance(address))
    const bought = await buyOwn(me())
    const dealId = field(bought, 'dealid', text)
    const locked = plain(await iexec.account.checkBalance(address))
    expect(locked).not.toEqual(before)
    await expect(iexec.deal.claim(dealId)).rejects.toThrow('before reaching the final time')
    const seen = await toEnd(await iexec.deal.obsDeal(dealId))
    expect(seen.at(-1)).toMatchObject({ message: 'DEAL_TIMEDOUT' })
    const claimed = await iexec.deal.claim(dealId)
    expect(Object.keys(field(claimed, 'claimed', z.record(text, text)))).toHaveLength(2)
    // The price came back; the idle pool, which is one's own, lost its stake of 30 %.
    const lost = (2n * RLC * 30n) / 100n
    const after = { stake: String(BigInt(field(before, 'stake', text)) - lost), locked: '0' }
    expect(plain(await iexec.account.checkBalance(address))).toEqual(after)
  })
}

/** Two tasks of the own app, sold to oneself by a pool that nobody serves, for ten seconds. */
async function buyOwn({ address: owner, iexec, market, version }: Me): Promise<unknown> {
  const description = `idle since ${version}`
  const deployed = await iexec.workerpool.deployWorkerpool({ owner, description })
  const workerpool = field(deployed, 'address', text)
  const { order, orderbook } = iexec
  const tag = version.startsWith('9.') ? { minTag: TDX } : {}
  const apporder = first(await orderbook.fetchAppOrderbook({ app: market.pi, ...tag }))
  const offer = { workerpool, workerpoolprice: RLC, category: FLEETING, volume: 2 }
  const workerpoolorder = await order.signWorkerpoolorder(await order.createWorkerpoolorder(offer))
  const wish = {
    app: market.pi,
    workerpool,
    category: FLEETING,
    volume: 2,
    params: { iexec_args: '1000' },
  }
  const prices = { appmaxprice: RLC, workerpoolmaxprice: RLC }
  const draft = await order.createRequestorder({ ...wish, ...prices })
  const requestorder = await order.signRequestorder(draft)
  return order.matchOrders({ apporder, workerpoolorder, requestorder })
}
