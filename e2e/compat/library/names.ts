/** Names: ENS, which only 8.x has. */
import { expect } from 'vitest'
import { type Me, step } from './me.ts'

const NAME = 'ada.users.iexec.eth'

export function names(me: () => Me): void {
  step('claims a name, and is found and told by it', async () => {
    const { address, iexec } = me()
    const { ens } = iexec
    expect(await ens.getDefaultDomain(address)).toBe('users.iexec.eth')
    expect(await ens.resolveName(NAME)).toBeNull()
    expect(await ens.claimName('ada')).toMatchObject({ name: NAME })
    expect(await ens.getOwner(NAME)).toBe(address)
    expect(await ens.configureResolution(NAME)).toMatchObject({ name: NAME, address })
    expect(await ens.resolveName(NAME)).toBe(address)
    expect(await ens.lookupAddress(address)).toBe(NAME)
  })

  step('keeps texts with its name', async () => {
    const { ens } = me().iexec
    await ens.setTextRecord(NAME, 'url', 'https://ada.example')
    expect(await ens.readTextRecord(NAME, 'url')).toBe('https://ada.example')
  })

  step('takes a name where the library takes an address, and nobody else’s', async () => {
    const { address, as, iexec, market } = me()
    const other = as((await market.person()).privateKey)
    await expect(other.ens.claimName('ada')).rejects.toThrow(`already owned by ${address}`)
    expect(await iexec.account.checkBalance(NAME)).toEqual(
      await iexec.account.checkBalance(address),
    )
  })
}
