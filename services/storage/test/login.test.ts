/** Logging in once instead of signing every request. */
import { client, loginApi, storageApi } from '@traboule/protocol/api'
import { hashTypedData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alice, bob, type Chain, startChain } from './support/chain.ts'
import { freshFolder, open } from './support/service.ts'

const stack = new AsyncDisposableStack()
let chain: Chain
let url: string
beforeAll(async () => {
  chain = stack.use(await startChain())
  const { path } = stack.use(await freshFolder())
  url = stack.use(await open(chain, path, { QUOTA_BYTES: '10' })).url
})
afterAll(() => stack.disposeAsync())

const bytesOf = (text: string) => new TextEncoder().encode(text)
const door = () => client(loginApi, url)

async function signed(by: typeof alice, address = by.address): Promise<string> {
  const { types, ...data } = await door().challenge({ query: { address, chainId: chain.chainId } })
  const typed = { ...data, types: { Challenge: types.Challenge } } as const
  return `${hashTypedData(typed)}_${await by.signTypedData(typed)}_${address}`
}

const login = (presented: string) =>
  door().login({ query: { chainId: chain.chainId }, body: bytesOf(presented) })

const put = (authorization: string, content: string) =>
  client(storageApi, url, { authorize: async () => authorization }).put({ body: bytesOf(content) })

test('a token stands for its holder’s signature, on its holder’s quota', async () => {
  const token = await login(await signed(alice))
  expect(token.split('.')).toHaveLength(3)
  expect(await put(`Bearer ${token}`, '8 bytes.')).toMatchObject({ size: 8 })
  await expect(put(`Bearer ${token}`, '3 b')).rejects.toMatchObject({ code: 'object/quota' })
  await put(`Bearer ${await login(await signed(bob))}`, '3 b')
})

test('only who signs a challenge of its own gets a token', async () => {
  const unauthorized = { code: 'request/unauthorized' }
  await expect(login(await signed(bob, alice.address))).rejects.toMatchObject(unauthorized)
  await expect(login('0x_0x_0x')).rejects.toMatchObject(unauthorized)
  const wrongChain = door().challenge({ query: { address: alice.address, chainId: 1 } })
  await expect(wrongChain).rejects.toMatchObject({ code: 'order/wrong-chain' })
})

test('a token that was altered is none', async () => {
  const token = await login(await signed(alice))
  const [head, , seal] = token.split('.')
  const claims = JSON.stringify({ sub: bob.address, exp: 9_999_999_999 })
  const forged = `${head}.${Buffer.from(claims).toString('base64url')}.${seal}`
  for (const each of [forged, `${token}x`, 'x', '..'])
    await expect(put(`Bearer ${each}`, 'x')).rejects.toMatchObject({
      code: 'request/unauthorized',
    })
})
