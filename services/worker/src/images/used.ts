/** Used: which images this worker fetched and when it last ran them, so that the oldest go first. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'

const schema = z.record(z.string(), z.object({ bytes: z.number(), at: z.number() }))

export type Used = Readonly<{
  /** Remembers that an image was used now; of one that was there before us `bytes` is 0. */
  touch(text: string, bytes: number, now: number): Promise<void>
  /** Those to let go of until the rest fits into `most` bytes, never `keep`. */
  excess(most: number, keep: string): readonly string[]
  forget(text: string): Promise<void>
}>

/** Opens the list in `file`; a damaged one is begun anew, since only room depends on it. */
export async function openUsed(file: string): Promise<Used> {
  const known = new Map(Object.entries(await read(file)))
  let writing: Promise<void> = Promise.resolve()
  const save = (): Promise<void> => {
    writing = writing.then(async () => {
      await writeFile(`${file}.part`, JSON.stringify(Object.fromEntries(known)))
      await rename(`${file}.part`, file)
    })
    return writing
  }
  return {
    async touch(text, bytes, now) {
      known.set(text, { bytes, at: now })
      await save()
    },
    excess(most, keep) {
      let total = [...known.values()].reduce((sum, { bytes }) => sum + bytes, 0)
      const oldest = [...known].sort(([, a], [, b]) => a.at - b.at)
      return oldest.flatMap(([text, { bytes }]) => {
        if (total <= most || text === keep) return []
        total -= bytes
        return [text]
      })
    },
    async forget(text) {
      known.delete(text)
      await save()
    },
  }
}

async function read(file: string): Promise<z.output<typeof schema>> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return {}
  }
}
