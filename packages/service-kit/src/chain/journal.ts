/** Journal: the transactions a key has signed and the chain has not buried yet, on disk. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { z } from 'zod'

const hexText = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value))

const entry = z.object({
  /** What the transaction is for: the same key is never signed twice while one is under way. */
  key: z.string(),
  nonce: z.number().int(),
  hash: hexText,
  raw: hexText,
})
export type Entry = z.output<typeof entry>

export type Journal = Readonly<{
  /** Everything put and not removed, by nonce. */
  all(): Promise<Entry[]>
  /** Returns once the entry will survive a crash. */
  put(entry: Entry): Promise<void>
  remove(entry: Entry): Promise<void>
}>

/** One file an entry, made whole by renaming: a crash leaves all of it or nothing. */
export async function openJournal(folder: string): Promise<Journal> {
  await mkdir(folder, { recursive: true })
  const fileOf = ({ nonce }: Entry) => join(folder, `${nonce}.json`)
  return {
    async all() {
      const files = (await readdir(folder)).filter((file) => file.endsWith('.json'))
      const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
      return texts.map((text) => entry.parse(JSON.parse(text))).sort((a, b) => a.nonce - b.nonce)
    },
    async put(each) {
      const file = fileOf(each)
      await writeFile(`${file}.part`, JSON.stringify(each), { flush: true })
      await rename(`${file}.part`, file)
    },
    remove: (each) => rm(fileOf(each), { force: true }),
  }
}
