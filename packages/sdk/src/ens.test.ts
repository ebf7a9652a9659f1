import { beforeAll, expect, test } from 'vitest'
import { account, ens, openNetwork } from './index.ts'
import { openTestNetwork, type TestNetwork } from './testing/index.ts'

let net: TestNetwork
beforeAll(async () => {
  net = await openTestNetwork({})
})

const addressOf = (name: string) => net.as(name).signer?.address ?? '0x'

test('a name is claimed once, and leads to its owner and back', async () => {
  const alice = net.as('alice')
  const name = await ens.claim(alice, 'Alice')
  expect(name).toBe('alice.users.iexec.eth')
  await expect(ens.resolve(alice, name)).rejects.toMatchObject({ code: 'name/unknown' })
  await ens.point(alice, { name })
  expect(await ens.resolve(net.as('bob'), 'ALICE.users.iexec.eth')).toBe(addressOf('alice'))
  expect(await ens.lookup(net.as('bob'), addressOf('alice'))).toBe(name)
  expect(await ens.claim(alice, 'alice')).toBe(name) // again is no error
  await expect(ens.claim(net.as('bob'), 'alice')).rejects.toMatchObject({
    code: 'name/taken',
    details: { owner: addressOf('alice') },
  })
  await expect(ens.point(net.as('bob'), { name })).rejects.toMatchObject({ code: 'name/not-yours' })
})

test('nobody is called by a name that leads elsewhere', async () => {
  const carol = net.as('carol')
  const name = await ens.claim(carol, 'carol')
  await ens.point(carol, { name })
  expect(await ens.lookup(carol, addressOf('carol'))).toBe(name)
  await ens.point(carol, { name, address: addressOf('dave') })
  expect(await ens.resolve(carol, name)).toBe(addressOf('dave'))
  expect(await ens.lookup(carol, addressOf('carol'))).toBeUndefined()
  expect(await ens.lookup(carol, addressOf('dave'))).toBeUndefined() // who never said so
})

test('an address is what it is, with names or without', async () => {
  const { ens: _, ...without } = net.profile
  const network = openNetwork(without)
  const address = addressOf('alice')
  expect(await ens.resolve(network, address.toLowerCase())).toBe(address)
  expect(await ens.lookup(network, address)).toBeUndefined()
  const asked = ens.resolve(network, 'alice.users.iexec.eth')
  await expect(asked).rejects.toMatchObject({ code: 'network/no-names' })
})

test.each(['alice', '', 'a..eth', '.eth', 'al ice.eth', `${'a'.repeat(300)}.eth`, '0x12.eth'])(
  'refuses what is no name: %j',
  async (name) => {
    await expect(ens.resolve(net.as('bob'), name)).rejects.toMatchObject({ code: 'name/invalid' })
  },
)

test('a domain that nobody runs gives no names', async () => {
  const bob = net.as('bob')
  await expect(ens.claim(bob, 'bob', 'nobody.eth')).rejects.toMatchObject({ code: 'name/unknown' })
  expect(await account.show(bob)).toMatchObject({ locked: 0n })
})
