/**
 * Held: the tasks a worker took on, one folder each, so that a crash at any point loses nothing.
 *
 * `state.json` says how far the task is and `result.zip` is what will be uploaded. Each is made
 * whole by renaming, and the result is there before the state that speaks of it.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError, Scalar } from '@traboule/protocol'
import type { Log } from '@traboule/service-kit/process'
import type { Hex } from 'viem'
import { z } from 'zod'

const schema = z.object({
  lease: z.object({
    leaseId: z.uuid(),
    taskId: Scalar.bytes32,
    dealId: Scalar.bytes32,
    index: z.string(),
    /** Absent where the scheduler sends the vote. */
    authorization: z.object({ enclaveChallenge: Scalar.address, signature: Scalar.hex }).optional(),
  }),
  /** Of the result beside this file. */
  digest: Scalar.bytes32.optional(),
})

/** A task taken on. */
export type Held = z.output<typeof schema>

export type Shelf = Readonly<{
  all(): Promise<Held[]>
  /** Returns once it will survive a crash. */
  save(held: Held): Promise<void>
  /** Keeps the result and its digest; `save` alone cannot claim a result. */
  saveResult(held: Held, digest: Hex, zip: Uint8Array): Promise<Held>
  result(taskId: Hex): Promise<Uint8Array>
  drop(taskId: Hex): Promise<void>
}>

/** Opens the tasks in `folder`; one whose file was damaged by hand is left there and told. */
export async function openShelf(folder: string, log: Log): Promise<Shelf> {
  await mkdir(folder, { recursive: true })
  const fileOf = (taskId: Hex, name: string) => join(folder, taskId, name)

  async function save(held: Held): Promise<void> {
    await replace(fileOf(held.lease.taskId, 'state.json'), JSON.stringify(held))
  }

  return {
    async all() {
      const names = await readdir(folder)
      const read = names.map(async (name) => readState(join(folder, name, 'state.json'), log))
      return (await Promise.all(read)).filter((held) => held !== undefined)
    },
    save,
    async saveResult(held, digest, zip) {
      await replace(fileOf(held.lease.taskId, 'result.zip'), zip)
      const sealed = { ...held, digest }
      await save(sealed)
      return sealed
    },
    async result(taskId) {
      const path = fileOf(taskId, 'result.zip')
      return readFile(path).catch((cause) => {
        throw new AppError('file/unreadable', `The result ${path} is gone.`, { path }, cause)
      })
    },
    drop: (taskId) => rm(join(folder, taskId), { recursive: true, force: true }),
  }
}

async function readState(path: string, log: Log): Promise<Held | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined // killed between making the folder and the file
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    log.warn('task.unreadable', { path, error })
    return undefined
  }
}

async function replace(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.part`, content, { flush: true })
  await rename(`${file}.part`, file)
}
