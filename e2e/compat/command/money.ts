/** Money: a project, its wallet, and the account on the hub. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { step, stranger } from '../library/me.ts'
import { chainOf, type Shell } from './shell.ts'

export function money(shell: () => Shell): void {
  step('starts a project on a chain of its own, with a wallet', async () => {
    const { address, folder, iexec, market, privateKey } = shell()
    expect(await iexec('init --skip-wallet')).toMatchObject({ ok: true, configFile: 'iexec.json' })
    await writeFile(join(folder, 'chain.json'), JSON.stringify(chainOf(shell())))
    await iexec(`wallet import ${privateKey} --unencrypted`)
    expect(await iexec('wallet show')).toMatchObject({ wallet: { address } })
    expect(await iexec('info')).toMatchObject({ hubAddress: market.facts.hub })
  })

  step('deposits, withdraws and allows others to spend', async () => {
    const { address, iexec } = shell()
    const { address: spender } = stranger()
    expect(await iexec('account deposit 20 RLC')).toMatchObject({ amount: '20000000000' })
    expect(await iexec('account withdraw 1 RLC')).toMatchObject({ amount: '1000000000' })
    const balance = { stake: '19000000000', locked: '0' }
    expect(await iexec('account show')).toMatchObject({ balance })
    await iexec(`account approve 3 ${spender} RLC`)
    expect(await iexec(`account allowance ${spender} --user ${address}`)).toMatchObject({
      ok: true,
    })
    await iexec(`account revoke ${spender}`)
  })

  step('sends ether and RLC', async () => {
    const { iexec } = shell()
    const { address } = stranger()
    await iexec(`wallet send-ether 1 ether --to ${address} --force`)
    await iexec(`wallet send-RLC 2 RLC --to ${address} --force`)
    expect(JSON.stringify(await iexec(`wallet show ${address}`))).toContain('2000000000')
  })
}
