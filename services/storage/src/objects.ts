/**
 * Objects: files kept under their CID, each on somebody's account.
 *
 * The object is written before the note of who keeps it: a crash between the two gives away one
 * object, and never charges for one that is not there.
 */
import { AppError } from '@traboule/protocol'
import type { Backend, Bytes, Range } from './backends/backend.ts'
import { keyOf, type Layout, layouts, type Named, name } from './cid.ts'

export type Stored = Readonly<{ cid: string; size: number }>

export type Objects = Readonly<{
  /** Keeps a file on `account`'s quota. Throws `object/quota`. */
  put(bytes: Uint8Array, account: string): Promise<Stored & Named>
  /** Keeps a stranger's file on the quota that all strangers share, named as they ask. */
  give(bytes: Uint8Array, layout: Layout): Promise<Stored & Named>
  /** Keeps a file that nobody pays for with quota; the disk's limit holds. */
  keep(bytes: Uint8Array): Promise<Stored & Named>
  /** Keeps a file if this CID names it, and says whether it does. Throws `object/bad-cid`. */
  keepAs(cid: string, bytes: Uint8Array): Promise<boolean>
  /** Bytes of the file that a CID of any version names. Throws `object/bad-cid`. */
  size(cid: string): Promise<number | undefined>
  read(cid: string, range?: Range): Promise<Bytes | undefined>
}>

export type Limits = Readonly<{
  /** Bytes that one account may keep. */
  quota: number
  /** Bytes that those who do not sign may keep together. */
  guests: number
  /** Bytes that all may keep together. */
  disk: number
}>

export async function openObjects(backend: Backend, limits: Limits): Promise<Objects> {
  const disk = room('The storage', limits.disk, total(await backend.list('objects')))
  const inTurn = turns()

  /** Charges only who brings something new. */
  async function create({ key }: Named, bytes: Uint8Array): Promise<void> {
    if ((await backend.size(key)) !== undefined) return
    const giveBack = disk.take(bytes.length)
    try {
      if (!(await backend.create(key, bytes))) giveBack()
    } catch (error) {
      giveBack()
      throw error
    }
  }

  async function charge(named: Named, bytes: Uint8Array, account: string): Promise<void> {
    const quota = account === GUESTS ? limits.guests : limits.quota
    const note = noteOf(account, named, bytes.length)
    if ((await backend.size(note)) !== undefined) return
    const used = sizesIn(await backend.list(folderOf(account)))
    room('This account', quota, used).take(bytes.length)
    await create(named, bytes)
    await backend.create(note, new Uint8Array())
  }

  return {
    async put(bytes, account) {
      const named = await name(bytes)
      await inTurn(account, () => charge(named, bytes, account))
      return { ...named, size: bytes.length }
    },
    async give(bytes, layout) {
      const named = await name(bytes, layout)
      await inTurn(GUESTS, () => charge(named, bytes, GUESTS))
      return { ...named, size: bytes.length }
    },
    async keep(bytes) {
      const named = await name(bytes)
      await create(named, bytes)
      return { ...named, size: bytes.length }
    },
    async keepAs(cid, bytes) {
      const key = keyOf(cid)
      for (const layout of layouts) {
        const named = await name(bytes, layout)
        if (named.key !== key) continue
        await create(named, bytes)
        return true
      }
      return false
    },
    size: async (cid) => backend.size(keyOf(cid)),
    read: async (cid, range) => backend.read(keyOf(cid), range),
  }
}

/** Not an address, so nobody's. */
const GUESTS = 'guests'

/** A note is an empty file named after an object and its size, in a folder of the account's. */
const folderOf = (account: string) => account.toLowerCase()
const noteOf = (account: string, { key }: Named, size: number) =>
  `${folderOf(account)}/${key.split('/')[1]}.${size}`

/** One upload of an account after the other: together they could take the same room twice. */
function turns() {
  const last = new Map<string, Promise<void>>()
  return (account: string, work: () => Promise<void>): Promise<void> => {
    const mine = (last.get(account) ?? Promise.resolve()).then(work)
    const over = mine
      .catch(() => undefined)
      .then(() => {
        if (last.get(account) === over) last.delete(account)
      })
    last.set(account, over)
    return mine
  }
}

type Room = Readonly<{ take(bytes: number): () => void }>

/** Taking is one step without waiting, so that two uploads cannot take the same byte. */
function room(whose: string, limit: number, used: number): Room {
  let taken = used
  return {
    take(bytes) {
      if (taken + bytes > limit)
        throw new AppError('object/quota', `${whose} has no room for ${bytes} bytes.`, {
          limit,
          used: taken,
          bytes,
        })
      taken += bytes
      return () => {
        taken -= bytes
      }
    },
  }
}

const total = (kept: readonly { size: number }[]) => kept.reduce((sum, { size }) => sum + size, 0)
const sizesIn = (kept: readonly { key: string }[]) =>
  total(kept.map(({ key }) => ({ size: Number(key.split('.')[1] ?? 0) })))
