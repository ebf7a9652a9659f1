/** Results: which kept object is a task's result. The first one stays. */
import { AppError } from '@traboule/protocol'
import type { Hex } from 'viem'
import { z } from 'zod'
import { all, type Backend } from './backends/backend.ts'
import { name } from './cid.ts'
import type { Objects, Stored } from './objects.ts'

export type Results = Readonly<{
  /** Keeps a task's zip; the same zip may come again. Throws `result/other-kept`. */
  put(taskId: Hex, zip: Uint8Array): Promise<Stored>
  find(taskId: Hex): Promise<Stored | undefined>
}>

const record = z.object({ cid: z.string(), size: z.number().int() })

/** Every backend that creates a key once makes the first of two results at once the only one. */
export function openResults(backend: Backend, objects: Objects): Results {
  const keyOf = (taskId: Hex) => `results/${taskId.toLowerCase()}`
  async function find(taskId: Hex): Promise<Stored | undefined> {
    const note = await backend.read(keyOf(taskId))
    return note && record.parse(JSON.parse(new TextDecoder().decode(await all(note))))
  }
  return {
    find,
    async put(taskId, zip) {
      const known = await find(taskId)
      if (known && known.cid !== (await name(zip)).cid) throw otherKept(taskId, known)
      const { cid, size } = await objects.keep(zip)
      const note = new TextEncoder().encode(JSON.stringify({ cid, size }))
      await backend.create(keyOf(taskId), note)
      const kept = await find(taskId)
      if (kept?.cid !== cid) throw otherKept(taskId, kept)
      return { cid, size }
    },
  }
}

function otherKept(taskId: Hex, kept: Stored | undefined): AppError {
  return new AppError('result/other-kept', 'Another winner brought this result first.', {
    taskId,
    cid: kept?.cid,
  })
}
