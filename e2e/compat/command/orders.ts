/** Orders: drafted in a file, signed, published, found, taken back and cancelled. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { step } from '../library/me.ts'
import type { Shell } from './shell.ts'

const text = z.string()
const hash = { orderHash: expect.stringMatching(/^0x[0-9a-f]{64}$/) }
const sale = '--app --dataset --workerpool'

export function orders(shell: () => Shell): void {
  let app: string

  step('drafts and signs an order of each kind', async () => {
    const { deployed, edit, folder, iexec } = shell()
    await iexec('order init')
    app = await deployed('app')
    const { order } = JSON.parse(await readFile(join(folder, 'iexec.json'), 'utf8'))
    const workerpoolorder = { ...order.workerpoolorder, workerpoolprice: '1', volume: '2' }
    const request = {
      app,
      appmaxprice: '1',
      workerpoolmaxprice: '1',
      volume: '2',
      beneficiary: undefined,
    }
    await edit('order', { workerpoolorder, requestorder: { ...order.requestorder, ...request } })
    const signed = { sign: expect.stringMatching(/^0x/) }
    expect(await iexec('order sign')).toMatchObject({
      ...{ apporder: signed, datasetorder: signed, workerpoolorder: signed, requestorder: signed },
    })
  })

  step('publishes them, and finds them in the books', async () => {
    const { address, iexec, market } = shell()
    const sold = await iexec(`order publish ${sale} --request --force`)
    expect(sold).toMatchObject({
      ...{ apporder: hash, datasetorder: hash, workerpoolorder: hash, requestorder: hash },
    })
    const shown = await iexec(`order show ${sale} --request --deals`)
    expect(shown).toMatchObject({
      apporder: { status: 'open', remaining: 1_000_000, deals: { count: 0 } },
      requestorder: { status: 'open', remaining: 2 },
    })
    const book = await iexec(`orderbook app ${app}`)
    expect(book).toMatchObject({ count: 1, appOrders: [{ app, ...hash }] })
    const pools = await iexec(`orderbook workerpool ${market.facts.workerpool} --category 0`)
    expect(JSON.stringify(pools)).toContain('orderHash')
    const wanted = await iexec(`orderbook requester ${address} --category 0`)
    expect(wanted).toMatchObject({ count: 1 })
  })

  step('takes them out of the books, and cancels them on chain', async () => {
    const { iexec } = shell()
    const taken = await iexec('order unpublish --dataset --workerpool --request --force')
    expect(taken).not.toHaveProperty('fail')
    const cancelled = await iexec(`order cancel ${sale} --request --force`)
    expect(cancelled).toMatchObject({
      apporder: { txHash: expect.stringMatching(/^0x/) },
      requestorder: { txHash: expect.stringMatching(/^0x/) },
    })
    await expect
      .poll(() => iexec(`orderbook app ${app}`), { timeout: 60_000 })
      .toMatchObject({ count: 0 })
  })

  step('publishes and unpublishes an asset in one command each', async () => {
    const { iexec } = shell()
    for (const noun of ['app', 'dataset', 'workerpool'] as const) {
      const { orderHash } = z
        .looseObject({ orderHash: text })
        .parse(await iexec(`${noun} publish --price 1 nRLC --volume 3 --force`))
      const all = noun === 'app'
      const gone = await iexec(`${noun} unpublish --force${all ? ' --all' : ''}`)
      expect(gone).toMatchObject({ unpublished: all ? [orderHash] : orderHash })
    }
  })
}
