/** MasterKeys: the file that opens the vault; kept apart from the database and its backups. */
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@traboule/protocol'
import type { MasterKey, Random } from './vault.ts'

/**
 * The keys in a file, 64 hex digits a line, newest first. A file that does not exist is made, with
 * one key that only this user can read. Throws `file/malformed`.
 */
export async function readMasterKeys(
  path: string,
  random: Random,
): Promise<readonly [MasterKey, ...MasterKey[]]> {
  const text = (await read(path)) ?? (await make(path, random))
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const wrong = lines.findIndex((line) => !/^[0-9a-fA-F]{64}$/.test(line.trim()))
  const [first, ...rest] = lines.map((line) => new Uint8Array(Buffer.from(line.trim(), 'hex')))
  if (wrong === -1 && first) return [first, ...rest]
  throw new AppError('file/malformed', `${path} is not a list of keys of 64 hex digits.`, {
    path,
    line: wrong + 1,
  })
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((cause) => {
    if (cause.code === 'ENOENT') return undefined
    throw new AppError('file/unreadable', `${path} cannot be read.`, { path }, cause)
  })
}

/** Linked into place: of two that start together one makes it, and nobody reads half of it. */
async function make(path: string, random: Random): Promise<string> {
  const text = `${Buffer.from(random(32)).toString('hex')}\n`
  const draft = `${path}.${Buffer.from(random(8)).toString('hex')}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(draft, text, { mode: 0o600, flush: true })
  await link(draft, path).catch((error) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(draft)
  return (await read(path)) ?? text
}
