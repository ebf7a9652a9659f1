/** Deals: an app run and watched, its result, its logs, and money back for what was not done. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { field } from '../iexec.ts'
import { step } from '../library/me.ts'
import { FLEETING } from '../market.ts'
import { filesOf } from '../result.ts'
import type { Shell } from './shell.ts'

const text = z.string()
const bought = z.looseObject({ deals: z.tuple([z.looseObject({ dealid: text })]) })
const watched = z.looseObject({ tasks: z.tuple([z.looseObject({ taskid: text })]) })

export function deals(shell: () => Shell): void {
  let taskId: string

  step('runs an app and watches it to its end', async () => {
    const { iexec, market, version } = shell()
    // 9.x asks the market for orders without a tag unless it is told the one it adds itself.
    const tag = version.startsWith('9.') ? ' --tag tee,tdx' : ''
    const line = `app run ${market.pi} --workerpool ${market.facts.workerpool} --trust 1${tag}`
    const answer = await iexec(`${line} --watch --force --args`, '1000')
    expect(answer).toMatchObject({ ok: true, deals: [{ volume: '1' }] })
    taskId = watched.parse(answer).tasks[0].taskid
  })

  step('downloads its result', async () => {
    const { folder, iexec } = shell()
    const shown = await iexec(`task show ${taskId} --download result`)
    expect(shown).toMatchObject({ task: { statusName: 'COMPLETED' }, claimable: false })
    const files = filesOf(new Uint8Array(await readFile(join(folder, 'result.zip'))))
    expect(JSON.parse(files['pi.json'] ?? '')).toMatchObject({ points: 1000 })
  })

  step('shows how the pool worked on it, and what the program printed', async () => {
    const debugged = await shell().iexec(`task debug ${taskId} --logs`)
    expect(debugged).toMatchObject({
      onchainData: { statusName: 'COMPLETED' },
      offchainData: { task: { status: 'COMPLETED' } },
      appLogs: [{ stdout: expect.stringContaining('pi is about') }],
    })
  })

  step('matches orders of the book that it names by hash', async () => {
    const { folder, iexec, market, version } = shell()
    const tag = version.startsWith('9.') ? ' --tag tee,tdx' : ''
    // Orders that it finds here would be filled too.
    await writeFile(join(folder, 'orders.json'), `{"${market.facts.chainId}":{}}`)
    const apps = await iexec(`orderbook app ${market.pi}${tag}`)
    const pools = await iexec(`orderbook workerpool ${market.facts.workerpool} --category 0${tag}`)
    const hashOf = (book: unknown, name: string) =>
      field(field(book, name, z.array(z.looseObject({})))[0], 'orderHash', text)
    const [app, pool] = [hashOf(apps, 'appOrders'), hashOf(pools, 'workerpoolOrders')]
    const line = `order fill --app ${app} --workerpool ${pool} --force --params`
    const filled = await iexec(line, '{"iexec_args":"1000"}')
    expect(filled).toMatchObject({ volume: '1', dealid: expect.stringMatching(/^0x/) })
    const deal = await iexec(`deal show ${field(filled, 'dealid', text)} --watch`)
    expect(deal).toMatchObject({ tasksCount: 1, completedTasksCount: 1 })
  })

  step('takes its money back when its own pool did nothing in time', async () => {
    const { iexec, market, version } = shell()
    const tag = version.startsWith('9.') ? ' --tag tee,tdx' : ''
    const line = `app run ${market.pi} --workerpool deployed --category ${FLEETING}${tag} --force`
    const { dealid } = bought.parse(await iexec(line)).deals[0]
    const ended = await iexec(`deal show ${dealid} --watch`)
    expect(ended).toMatchObject({ failedTasksCount: 1, completedTasksCount: 0 })
    const claimed = await iexec(`deal claim ${dealid}`)
    expect(Object.keys(field(claimed, 'claimed', z.record(text, text)))).toHaveLength(1)
  })
}
