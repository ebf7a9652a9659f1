/** Money: the chain, the wallet and the account on the hub. */
import { expect } from 'vitest'
import { plain } from '../iexec.ts'
import { RLC } from '../market.ts'
import { type Me, step, stranger } from './me.ts'

export function money(me: () => Me): void {
  step('opens from a key and the address of a node alone', async () => {
    const { address, fromKey, privateKey } = me()
    const { wallet } = fromKey(privateKey)
    expect(await wallet.getAddress()).toBe(address)
    expect(await wallet.sendETH(1n, stranger().address)).toMatch(/^0x[0-9a-f]{64}$/)
  })

  step('reads the chain, its categories and the deadline of a deal', async () => {
    const { iexec, market } = me()
    expect(await iexec.network.getNetwork()).toMatchObject({
      chainId: String(market.facts.chainId),
    })
    expect(plain(await iexec.hub.countCategory())).toBe('6')
    const category = plain(await iexec.hub.showCategory(0))
    expect(category).toMatchObject({ name: 'XS', workClockTimeRef: '300' })
    expect(plain(await iexec.hub.getTimeoutRatio())).toBe('10')
    await expect(iexec.hub.showCategory(99)).rejects.toThrow('revert')
  })

  step('sends ether and RLC, and sweeps a wallet', async () => {
    const { address, iexec, as } = me()
    expect(await iexec.wallet.getAddress()).toBe(address)
    const friend = stranger()
    await iexec.wallet.sendETH(10n ** 18n, friend.address)
    await iexec.wallet.sendRLC(5n * RLC, friend.address)
    const received = plain(await iexec.wallet.checkBalances(friend.address))
    expect(received).toEqual({ wei: '1000000000000000000', nRLC: '5000000000' })
    const swept = await as(friend.privateKey).wallet.sweep(address)
    expect(swept).toEqual({
      sendERC20TxHash: expect.any(String),
      sendNativeTxHash: expect.any(String),
    })
    expect(plain(await iexec.wallet.checkBalances(friend.address))).toMatchObject({ nRLC: '0' })
  })

  step('deposits to the hub and withdraws from it', async () => {
    const { address, iexec } = me()
    expect(plain(await iexec.account.deposit(20n * RLC))).toMatchObject({ amount: '20000000000' })
    const account = plain(await iexec.account.checkBalance(address))
    expect(account).toEqual({ stake: '20000000000', locked: '0' })
    expect(plain(await iexec.account.withdraw(RLC))).toMatchObject({ amount: '1000000000' })
    expect(plain(await iexec.account.checkBalance(address))).toMatchObject({ stake: '19000000000' })
    await expect(iexec.account.withdraw(1_000n * RLC)).rejects.toThrow('Withdraw amount exceed')
  })

  step('allows somebody to spend from the account, and takes it back', async () => {
    const { address, iexec } = me()
    const { address: spender } = stranger()
    await iexec.account.approve(3n * RLC, spender)
    expect(plain(await iexec.account.checkAllowance(address, spender))).toBe('3000000000')
    await iexec.account.revokeApproval(spender)
    expect(plain(await iexec.account.checkAllowance(address, spender))).toBe('0')
  })
}
