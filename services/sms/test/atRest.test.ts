/** What the database holds: only the newest value, sealed, under keys that are kept elsewhere. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { Secret } from '@traboule/protocol'
import { client, smsApi } from '@traboule/protocol/api'
import { createLog, openDatabase } from '@traboule/service-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readMasterKeys } from '../src/secrets/masterKeys.ts'
import { openSecrets, type Tables } from '../src/secrets/secrets.ts'
import { createVault } from '../src/secrets/vault.ts'
import { alice, head, mallory, openWorld, owner, push, type World } from './support/world.ts'

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

const asAlice = (chainId = world.chainId) =>
  client(smsApi, sms.url, { signer: alice as never, chainId, service: 'sms' })

describe('replacing', () => {
  const put = (value: string, by = alice) => push(sms.url, place, { by, value, method: 'PUT' })

  test('changes a user’s secret, if there is one and it is theirs', async () => {
    expect((await put('a')).status).toBe(404)
    await push(sms.url, place, { by: alice, value: 'a' })
    expect((await put('b', mallory)).status).toBe(401)
    expect((await put('b')).status).toBe(204)
    expect(await valueAt(place)).toBe('b')
  })

  test('an old signature does not bring back an old value; a new request does', async () => {
    await push(sms.url, place, { by: alice, value: 'a' })
    expect((await put('b')).status).toBe(204)
    expect((await put('b')).status).toBe(204)
    const replayed = await put('a')
    expect(replayed.status).toBe(401)
    expect(await replayed.json()).toMatchObject({ code: 'secret/replayed' })
    expect(await valueAt(place)).toBe('b')
    const query = { ownerAddress: place.owner, secretName: place.name }
    await asAlice().replaceUser({ query, body: new TextEncoder().encode('a') })
    expect(await valueAt(place)).toBe('a')
    expect((await put('a')).status).toBe(204)
    expect((await put('b')).status).toBe(401)
  })

  test('no other kind has it', async () => {
    const at = { kind: 'dataset', owner: world.dataset, name: '' } as const
    expect((await push(sms.url, at, { by: owner, value: 'x', method: 'PUT' })).status).toBe(404)
  })
})

/** What the database holds, opened with the key file: HTTP never tells. */
async function valueAt(at: Secret.Place): Promise<string | undefined> {
  return inside((secrets) => secrets.read(at))
}

async function inside<T>(
  look: (secrets: Awaited<ReturnType<typeof openSecrets>>) => Promise<T>,
): Promise<T> {
  await sms[Symbol.asyncDispose]()
  try {
    await using database = await openDatabase<Tables>(world.databaseUrl)
    const keys = await readMasterKeys(world.keyFile, randomBytes)
    return await look(
      await openSecrets(
        database.db,
        createVault(keys, randomBytes),
        createLog({}, { level: 'silent' }),
      ),
    )
  } finally {
    sms = await world.open()
  }
}

test('keeps values without the space around them, over a restart', async () => {
  await push(sms.url, place, { by: alice, value: '  the value\n' })
  expect(await valueAt(place)).toBe('the value')
  expect(await head(sms.url, place)).toBe(204)
})

test('nothing of a value is readable in the database', async () => {
  await push(sms.url, place, { by: alice, value: 'a very secret value' })
  await sms[Symbol.asyncDispose]()
  {
    await using database = await openDatabase<Tables>(world.databaseUrl)
    const rows = await database.db.selectFrom('sms_secrets').selectAll().execute()
    const text = JSON.stringify(rows)
    const base64 = Buffer.from('a very secret value').toString('base64').slice(2, -4)
    for (const tell of [
      'very secret',
      base64,
      Secret.digest(place, 'a very secret value').slice(2),
    ])
      expect(text).not.toContain(tell)
  }
  sms = await world.open()
})

test('a record copied over another in the database does not open', async () => {
  const other = { ...place, name: `${place.name} b` }
  await push(sms.url, place, { by: alice, value: 'a' })
  await push(sms.url, other, { by: alice, value: 'b' })
  await sms[Symbol.asyncDispose]()
  {
    await using database = await openDatabase<Tables>(world.databaseUrl)
    const row = (name: string) =>
      database.db
        .selectFrom('sms_secrets')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirstOrThrow()
    const { sealed, wrapped_key } = await row(other.name)
    await database.db
      .updateTable('sms_secrets')
      .set({ sealed, wrapped_key })
      .where('name', '=', place.name)
      .execute()
  }
  sms = await world.open()
  await expect(valueAt(place)).rejects.toMatchObject({ code: 'secret/unreadable' })
  expect(await valueAt(other)).toBe('b')
})

test('a new first line in the key file takes over; a lost key is noticed at the start', async () => {
  await push(sms.url, place, { by: alice, value: 'v' })
  const before = await world.masterKeys()
  const fresh = `${randomBytes(32).toString('hex')}\n`
  await sms[Symbol.asyncDispose]()
  await writeFile(world.keyFile, fresh + before)
  sms = await world.open()
  expect(await valueAt(place)).toBe('v')
  await sms[Symbol.asyncDispose]()
  await writeFile(world.keyFile, before)
  await expect(world.open()).rejects.toMatchObject({ code: 'secret/unreadable' })
  await writeFile(world.keyFile, 'not a key\n')
  await expect(world.open()).rejects.toMatchObject({ code: 'file/malformed', details: { line: 1 } })
  await writeFile(world.keyFile, fresh + before)
  sms = await world.open()
})
