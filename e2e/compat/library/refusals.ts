/** Refusals: what a person is told when the library, or a service behind it, says no. */
import { expect } from 'vitest'
import { z } from 'zod'
import { field } from '../iexec.ts'
import { type Me, step, stranger } from './me.ts'

const text = z.string()
const CHECKSUM = `0x${'12'.repeat(32)}`

export function refusals(me: () => Me): void {
  step('is told by its own checks what an order lacks', async () => {
    const { address: owner, iexec, market, version } = me()
    const tag = version.startsWith('8.') ? { tag: ['tee', 'tdx'] } : {}
    const multiaddr = 'https://example.org/unsealed'
    const data = { owner, name: 'unsealed', multiaddr, checksum: CHECKSUM }
    const dataset = field(await iexec.dataset.deployDataset(data), 'address', text)
    const sale = await iexec.order.createDatasetorder({ dataset, ...tag })
    await expect(iexec.order.signDatasetorder(sale)).rejects.toThrow(
      `Dataset encryption key is not set for dataset ${dataset}`,
    )
    const app = await market.enclaveApp(owner)
    const offer = await iexec.order.createApporder({ app, ...tag })
    const expected = version.startsWith('8.')
      ? 'Tag mismatch the TEE framework specified by app'
      : 'has an MREnclave, which is no longer supported'
    await expect(iexec.order.signApporder(offer)).rejects.toThrow(expected)
  })

  step('is told what the secret store will not keep', async () => {
    const { iexec, version } = me()
    const where = version.startsWith('8.') ? { provider: 'dropbox' } : 'dropbox'
    const long = 'x'.repeat(4_097)
    const options = version.startsWith('8.')
      ? [{ ...Object(where), forceUpdate: true }]
      : [where, { forceUpdate: true }]
    await expect(iexec.storage.pushStorageToken(long, ...options)).rejects.toThrow(
      'SMS answered with unexpected status: 413',
    )
  })

  step('finds no address of a workerpool that tells none', async () => {
    const { address: owner, iexec } = me()
    const pool = await iexec.workerpool.deployWorkerpool({ owner, description: 'silent' })
    const address = field(pool, 'address', text)
    expect(await iexec.workerpool.getWorkerpoolApiUrl(address)).toBeUndefined()
  })

  step('is told which service does not answer', async () => {
    const { market } = me()
    const nowhere = 'http://127.0.0.1:1'
    const options = { iexecGatewayURL: nowhere, smsURL: nowhere, compassURL: nowhere }
    const lost = me().as(stranger().privateKey, options)
    const message = expect.stringContaining(`Connection to ${nowhere} failed with a network error`)
    const told = (name: string) => ({ name, message })
    const book = lost.orderbook.fetchAppOrderbook({ app: market.pi })
    await expect(book).rejects.toMatchObject(told('MarketCallError'))
    const secret = lost.app.checkAppSecretExists(market.pi)
    await expect(secret).rejects.toMatchObject(told('SmsCallError'))
    const unresolved = lost.workerpool.getWorkerpoolApiUrl(market.facts.workerpool)
    await expect(unresolved).rejects.toMatchObject(told('CompassCallError'))
  })
}
