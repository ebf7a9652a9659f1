/** Secrets over HTTP, as the ecosystem's clients push them and look for them. */

import { Secret } from '@traboule/protocol'
import { client, smsApi } from '@traboule/protocol/api'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  alice,
  head,
  mallory,
  openWorld,
  owner,
  pathOf,
  push,
  type World,
} from './support/world.ts'

let world: World
let sms: Awaited<ReturnType<World['open']>>
beforeAll(async () => {
  world = await openWorld()
  sms = await world.open()
})
afterAll(async () => {
  await sms[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

let n = 0
let place: Secret.Place
beforeEach(() => {
  place = { kind: 'user', owner: alice.address, name: `name ${n++}` }
})

type Case = readonly [kind: Secret.Kind, place: () => Secret.Place, by: typeof owner]
const cases: readonly Case[] = [
  ['dataset', () => ({ kind: 'dataset', owner: world.dataset, name: '' }), owner],
  ['app', () => ({ kind: 'app', owner: world.app, name: Secret.APP_NAME }), owner],
  ['requester', () => ({ kind: 'requester', owner: alice.address, name: 'my_key-1' }), alice],
  ['user', () => ({ kind: 'user', owner: alice.address, name: 'iexec-result-x y' }), alice],
]

test.each(cases)(
  'a %s secret: absent, refused to others, kept once, never given out',
  async (_, of, by) => {
    const at = of()
    expect(await head(sms.url, at)).toBe(404)
    expect((await push(sms.url, at, { by: mallory, value: 'v' })).status).toBe(401)
    expect((await push(sms.url, at, { by, value: 'v', signed: 'w' })).status).toBe(401)
    expect(await head(sms.url, at)).toBe(404)
    const made = await push(sms.url, at, { by, value: 'v' })
    expect([made.status, await made.text()]).toEqual([204, ''])
    expect(await head(sms.url, at)).toBe(204)
    expect((await push(sms.url, at, { by, value: 'other' })).status).toBe(409)
    const got = await fetch(`${sms.url}${pathOf(at)}`)
    expect([got.status, await got.text()]).toEqual([204, ''])
  },
)

test('kinds and owners do not share their names', async () => {
  const at = { ...place, name: 'shared' }
  await push(sms.url, at, { by: alice, value: 'v' })
  expect(await head(sms.url, { ...at, kind: 'requester' })).toBe(404)
  expect(await head(sms.url, { ...at, owner: mallory.address })).toBe(404)
})

test('addresses mean the same in any case', async () => {
  const lower = { ...place, owner: place.owner.toLowerCase() as typeof place.owner }
  expect((await push(sms.url, lower, { by: alice, value: 'v' })).status).toBe(204)
  expect(await head(sms.url, place)).toBe(204)
})

test('two that push together: one is kept', async () => {
  const values = ['a', 'b', 'c', 'd']
  const answers = await Promise.all(
    values.map((value) => push(sms.url, place, { by: alice, value })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409, 409, 409])
})

const asAlice = (chainId = world.chainId) =>
  client(smsApi, sms.url, { signer: alice as never, chainId, service: 'sms' })

test('a signed request is believed as well, on this chain only', async () => {
  const call = {
    params: { requester: alice.address, name: 'signed' },
    body: new TextEncoder().encode('v'),
  }
  await expect(asAlice(world.chainId + 1).pushRequester(call)).rejects.toMatchObject({
    code: 'request/unauthorized',
  })
  await asAlice().pushRequester(call)
  expect(await asAlice().hasRequester({ params: call.params })).toBeUndefined()
})

test('gives out the public key of results, to anybody, and nothing else', async () => {
  const ask = client(smsApi, sms.url)
  const params = { account: alice.address }
  await expect(ask.resultKey({ params })).rejects.toMatchObject({ code: 'secret/unknown' })
  await push(sms.url, place, { by: alice, value: 'private' })
  await expect(ask.resultKey({ params })).rejects.toMatchObject({ code: 'secret/unknown' })
  await push(sms.url, { ...place, name: Secret.RESULT_KEY }, { by: alice, value: 'cHVibGlj' })
  expect(await ask.resultKey({ params })).toBe('cHVibGlj')
})

describe('refusing', () => {
  const large = 'x'.repeat(Secret.MAX_BYTES + 1)
  test.each([
    ['user', 413],
    ['requester', 400],
  ] as const)('a %s secret that is too large, with status %i', async (kind, status) => {
    const at = { ...place, kind, name: 'large' }
    const refused = await push(sms.url, at, { by: alice, value: large })
    expect(refused.status).toBe(status)
    expect(await refused.json()).toMatchObject({
      code: 'secret/too-large',
      error: 'Secret size should not exceed 4 Kb',
    })
    const most = await push(sms.url, at, { by: alice, value: 'é'.repeat(Secret.MAX_BYTES / 2) })
    expect(most.status).toBe(204)
  })

  test.each(['a b', 'a/b', 'é', 'x'.repeat(65)])('the name %j of a requester', async (name) => {
    const at = { kind: 'requester', owner: alice.address, name: encodeURIComponent(name) } as const
    expect((await push(sms.url, at, { by: alice, value: 'v' })).status).toBe(400)
    expect(await head(sms.url, at)).toBe(400)
  })

  test('a dataset that is not there, or has no owner', async () => {
    for (const address of [mallory.address, world.hub]) {
      const at = { kind: 'dataset', owner: address, name: '' } as const
      expect((await push(sms.url, at, { by: mallory, value: 'v' })).status).toBe(401)
    }
  })

  test('signatures that are none', async () => {
    for (const authorization of [
      '',
      '0x',
      'hello',
      `0x${'00'.repeat(65)}`,
      'Bearer x',
      'Traboule x',
    ]) {
      const response = await fetch(`${sms.url}${pathOf(place)}`, {
        method: 'POST',
        headers: { authorization },
        body: 'v',
      })
      expect([authorization, response.status]).toEqual([authorization, 401])
    }
  })

  test('bytes that are no text', async () => {
    const response = await fetch(`${sms.url}${pathOf(place)}`, {
      method: 'POST',
      body: Uint8Array.of(0xff, 0xfe),
    })
    expect(await response.json()).toMatchObject({ code: 'secret/not-text' })
  })

  test('property: any path and query, without crashing', async () => {
    const part = fc.oneof(fc.webSegment(), fc.constant('%zz'), fc.constant(alice.address))
    await fc.assert(
      fc.asyncProperty(part, part, async (a, b) => {
        for (const path of [
          `/requesters/${a}/secrets/${b}`,
          `/apps/${a}/secrets`,
          `/secrets/web3?secretAddress=${b}`,
        ]) {
          const { status } = await fetch(`${sms.url}${path}`, { method: 'POST', body: 'x' })
          expect([400, 401, 404]).toContain(status)
        }
      }),
      { numRuns: 40 },
    )
  })
})

test('says that the chain is gone instead of judging without it', async () => {
  await using other = await openWorld()
  await using lonely = await other.open()
  await other.stopChain()
  const at = { kind: 'dataset', owner: world.dataset, name: '' } as const
  const answer = await push(lonely.url, at, { by: owner, value: 'v' })
  expect(answer.status).toBe(503)
}, 60_000)
