/**
 * Archive: results travel as zip files. Writing gives the same bytes on every machine; reading
 * trusts nothing, because the archive comes from a stranger.
 *
 * Source: PKWARE APPNOTE 6.3, without zip64 and encryption.
 */
import { deflateSync, inflateSync } from 'fflate'
import { AppError } from './errors.ts'
import type { Files } from './result.ts'

export type Limits = Readonly<{
  /** Files in the archive. */
  entries: number
  /** Bytes of all files together, unpacked. */
  bytes: number
}>

/** What a reader accepts unless told otherwise: 4,096 files and 512 MiB. */
export const limits: Limits = { entries: 4_096, bytes: 536_870_912 }

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const STORED = 0
const DEFLATED = 8
/** 1 January 1980 00:00:00, the first moment a zip can tell: the date must not change the bytes. */
const FIRST_DAY = 0x0021_0000
const UTF8_NAMES = 0x0800
const ENCRYPTED = 0x0001
const MAX_ENTRIES = 65_534
const MAX_BYTES = 0xffff_fffe

type Entry = Readonly<{
  name: Uint8Array
  method: number
  crc: number
  packed: Uint8Array
  size: number
}>

/** Packs files in order of their names, without folders, owners or dates. */
export function zip(files: Files): Uint8Array {
  const entries = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(pack)
  const total = entries.reduce((sum, it) => sum + it.packed.length + 2 * it.name.length + 76, 22)
  if (entries.length > MAX_ENTRIES || total > MAX_BYTES)
    throw new AppError('archive/too-large', 'This does not fit in a zip.', { bytes: total })
  const out = new Uint8Array(total)
  const view = new DataView(out.buffer)
  let at = 0
  const offsets = entries.map((entry) => {
    const start = at
    view.setUint32(at, LOCAL, true)
    at = put(out, writeFacts(view, at + 4, entry) + 2, entry.name)
    at = put(out, at, entry.packed)
    return start
  })
  const directory = at
  entries.forEach((entry, index) => {
    view.setUint32(at, CENTRAL, true)
    view.setUint16(at + 4, 20, true)
    writeFacts(view, at + 6, entry)
    view.setUint32(at + 42, offsets[index] ?? 0, true)
    at = put(out, at + 46, entry.name)
  })
  view.setUint32(at, END, true)
  view.setUint16(at + 8, entries.length, true)
  view.setUint16(at + 10, entries.length, true)
  view.setUint32(at + 12, at - directory, true)
  view.setUint32(at + 16, directory, true)
  return out
}

function pack([path, bytes]: readonly [string, Uint8Array]): Entry {
  checkPath(path)
  const name = new TextEncoder().encode(path)
  const small = deflateSync(bytes, { level: 6 })
  const helps = small.length < bytes.length
  const [method, packed] = helps ? [DEFLATED, small] : [STORED, bytes]
  return { name, method, crc: crc32(bytes), packed, size: bytes.length }
}

/** The fields that stand alike in both headers; returns the offset after the name's length. */
function writeFacts(view: DataView, at: number, entry: Entry): number {
  view.setUint16(at, 20, true)
  view.setUint16(at + 2, UTF8_NAMES, true)
  view.setUint16(at + 4, entry.method, true)
  view.setUint32(at + 6, FIRST_DAY, true)
  view.setUint32(at + 10, entry.crc, true)
  view.setUint32(at + 14, entry.packed.length, true)
  view.setUint32(at + 18, entry.size, true)
  view.setUint16(at + 22, entry.name.length, true)
  return at + 24
}

function put(out: Uint8Array, at: number, bytes: Uint8Array): number {
  out.set(bytes, at)
  return at + bytes.length
}

/**
 * Unpacks an archive by its directory. Refuses, with `archive/unsafe`, names that leave the folder,
 * links and repeated names; with `archive/too-large`, what unpacks to more than `most` allows; with
 * `archive/malformed`, everything else that is not what it says.
 */
export function unzip(bytes: Uint8Array, most: Limits = limits): Files {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return readAll(bytes, view, most)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    // Reading past the end, or deflate that is not deflate.
    throw new AppError('archive/malformed', 'The archive is damaged.', {}, cause)
  }
}

function readAll(bytes: Uint8Array, view: DataView, most: Limits): Files {
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  if (count > most.entries)
    throw new AppError('archive/too-large', `The archive has ${count} entries.`, { ...most, count })
  const files = new Map<string, Uint8Array>()
  let room = most.bytes
  let at = view.getUint32(end + 16, true)
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== CENTRAL) throw malformed('Its directory is damaged.')
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const path = decode(bytes.subarray(at + 46, nameEnd))
    const size = view.getUint32(at + 24, true)
    room -= size
    if (room < 0)
      throw new AppError('archive/too-large', 'The archive unpacks to too much.', { ...most })
    if (isFolder(view, at, path)) checkPath(path.slice(0, -1))
    else if (files.has(path)) throw unsafe('two files have the same name', path)
    else files.set(path, readEntry(bytes, view, at, path))
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return files
}

/** The last record; a comment of up to 64 KiB may follow it. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 65_557; at--)
    if (view.getUint32(at, true) === END) return at
  throw malformed('This is not a zip archive.')
}

const KIND = 0xf000
const REGULAR = 0x8000
const FOLDER = 0x4000

function isFolder(view: DataView, at: number, path: string): boolean {
  const kind = (view.getUint32(at + 38, true) >>> 16) & KIND
  if (kind !== 0 && kind !== REGULAR && kind !== FOLDER)
    throw unsafe('links and devices are refused', path)
  return path.endsWith('/')
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, path: string): Uint8Array {
  checkPath(path)
  const method = view.getUint16(at + 10, true)
  const size = view.getUint32(at + 24, true)
  const local = view.getUint32(at + 42, true)
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw malformed(`${path} is encrypted.`)
  if (view.getUint32(local, true) !== LOCAL) throw malformed(`${path} is not where it should be.`)
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  const packed = bytes.subarray(start, start + view.getUint32(at + 20, true))
  const data = unpack(packed, method, size)
  if (data.length !== size || crc32(data) !== view.getUint32(at + 16, true))
    throw malformed(`${path} does not match its checksum.`)
  return data
}

/** One byte more than announced is enough to notice a liar, and all the memory it can claim. */
function unpack(packed: Uint8Array, method: number, size: number): Uint8Array {
  if (method === STORED) return packed.slice()
  if (method !== DEFLATED) throw malformed(`Compression method ${method} is not supported.`)
  if (size > packed.length * 1_032 + 16) throw malformed('A file announces an impossible size.')
  return inflateSync(packed, { out: new Uint8Array(size + 1) })
}

/** Both slashes count: an archive made on one system is unpacked on another. */
function checkPath(path: string): void {
  const parts = path.split(/[/\\]/)
  if (parts.includes('..') || parts.includes('.')) throw unsafe('the name leaves the folder', path)
  if (parts.includes('')) throw unsafe('the name is absolute or empty', path)
  if (/^[a-zA-Z]:/.test(path)) throw unsafe('the name is absolute or empty', path)
  if (/[\0\\]/.test(path) || path.length > 1_024) throw unsafe('the name is not portable', path)
}

function decode(name: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(name)
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ ((rest & 1) === 1 ? 0xedb88320 : 0)
  return rest
})

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

function malformed(sentence: string): AppError {
  return new AppError('archive/malformed', sentence)
}

function unsafe(why: string, path: string): AppError {
  return new AppError('archive/unsafe', `The archive is refused: ${why}.`, { path })
}
