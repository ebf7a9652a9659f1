/** `traboule storage`: bytes that are named by their hash. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { storage } from '@traboule/sdk'
import type { Command } from 'commander'
import { readBytes } from '../files.ts'
import { type Answer, facts } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('storage').description('files under their content’s hash')
  noun
    .command('put <file>')
    .description('upload a file; everybody who knows its CID can fetch it')
    .action(act(put))
  noun
    .command('get <cid> <file>')
    .description('download a file, checked to be the one that its CID names')
    .action(act(get))
}

async function put(session: Session, _: object, path: string): Promise<Answer> {
  const bytes = await readBytes(resolve(session.at.cwd, path))
  const stored = await storage.upload(await session.act(), bytes)
  return { json: stored, text: facts(stored) }
}

async function get(session: Session, _: object, cid: string, path: string): Promise<Answer> {
  const bytes = await storage.download(await session.read(), cid.replace(/^\/ipfs\//, ''))
  const file = resolve(session.at.cwd, path)
  await writeFile(file, bytes)
  return { json: { cid, file, size: bytes.length }, text: file }
}
