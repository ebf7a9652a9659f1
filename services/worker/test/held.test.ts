import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Scalar } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import { createLog } from '@traboule/service-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Held, openShelf } from '../src/tasks/held.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-held-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const events: string[] = []
const log = createLog({}, { write: (line) => events.push(JSON.parse(line).event) })
const open = () => openShelf(folder, log)

const held: Held = {
  lease: {
    leaseId: '5fd42f27-e3b1-4fe9-b89f-88d32a06ece5',
    taskId: someBytes32(1),
    dealId: someBytes32(2),
    index: '3',
    authorization: { enclaveChallenge: Scalar.nullAddress, signature: '0x12' },
  },
}
const zip = Uint8Array.of(1, 2, 3)

test('finds after a restart what was held', async () => {
  await (await open()).save(held)
  expect(await (await open()).all()).toEqual([held])
})

test('speaks of a result only when it is there', async () => {
  const shelf = await open()
  await shelf.save(held)
  const sealed = await shelf.saveResult(held, someBytes32(9), zip)
  expect(await (await open()).all()).toEqual([sealed])
  expect(new Uint8Array(await shelf.result(held.lease.taskId))).toEqual(zip)
})

test('forgets a task with everything of it', async () => {
  const shelf = await open()
  await shelf.saveResult(held, someBytes32(9), zip)
  await shelf.drop(held.lease.taskId)
  expect(await readdir(folder)).toEqual([])
  await expect(shelf.result(held.lease.taskId)).rejects.toMatchObject({ code: 'file/unreadable' })
})

test.each(['', '{', '{"lease":{}}', '[]'])(
  'leaves a damaged file (%j) alone and goes on',
  async (text) => {
    await (await open()).save(held)
    await mkdir(join(folder, 'damaged'))
    await writeFile(join(folder, 'damaged', 'state.json'), text)
    events.length = 0
    expect(await (await open()).all()).toEqual([held])
    expect(events).toEqual(['task.unreadable'])
  },
)

test('overlooks what a killed worker did not finish writing', async () => {
  await mkdir(join(folder, 'empty'))
  await mkdir(join(folder, 'half'))
  await writeFile(join(folder, 'half', 'state.json.part'), '{"lea')
  expect(await (await open()).all()).toEqual([])
})
