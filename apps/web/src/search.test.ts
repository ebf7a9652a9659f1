import { explore } from '@traboule/sdk'
import { openTestNetwork } from '@traboule/sdk/testing'
import { expect, test } from 'vitest'
import { find, pathOf } from './search.ts'

test('leads each id to its page, however it was typed', async () => {
  const net = await openTestNetwork({ programs: { hello: () => 'hello' } })
  const network = net.as('alice')
  const [workerpool, app] = [net.workerpool, net.app('hello')]
  const find = async (text: string) => pathOf(await explore.locate(network, text))
  expect(await find(app)).toBe(`/app/${app}`)
  expect(await find(` ${workerpool.toLowerCase()} `)).toBe(`/workerpool/${workerpool}`)
  const somebody = network.signer?.address ?? ''
  expect(await find(somebody)).toBe(`/account/${somebody}`)
  const { items } = await explore.orders(network, 'app')
  const hash = items[0]?.orderHash ?? ''
  expect(await find(hash.toUpperCase().replace('0X', '0x'))).toBe(`/order/app/${hash}`)
})

test('finds by name what people and owners call so, however many', async () => {
  const net = await openTestNetwork({ programs: { hello: () => 'hello', 'hello again': () => '' } })
  const network = net.as('alice')
  const alice = network.signer?.address ?? '0x'
  const named = (text: string) => find(network, new Map([[alice, 'Alice']]), text)
  expect((await named('hello')).map(({ name }) => name)).toEqual(['hello', 'hello again'])
  expect(await named(' alice')).toEqual([{ found: { kind: 'account', id: alice }, name: 'Alice' }])
  const found = await named('hello again')
  expect(found.map((hit) => pathOf(hit.found))).toEqual([`/app/${net.app('hello again')}`])
  await expect(named('nobody')).rejects.toMatchObject({ code: 'id/unknown' })
})

test('says what is wrong with what leads nowhere', async () => {
  const network = (await openTestNetwork()).as('alice')
  const fail = (text: string) => explore.locate(network, text).then(String, (error) => error)
  expect(await fail('hello')).toMatchObject({
    code: 'request/invalid',
    message: '"hello" is neither an address nor an id.',
  })
  expect((await fail('0x1234')).message).toMatch(/this has 4\.$/)
  expect(await fail(`0x${'0'.repeat(64)}`)).toMatchObject({ code: 'id/unknown' })
})
