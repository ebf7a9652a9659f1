/** `traboule init`: a working project with one app, its test and its orders. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { AppError } from '@traboule/protocol'
import type { Command } from 'commander'
import type { Answer } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

const HERE = import.meta.dirname
const TEMPLATE = join(HERE, '..', '..', 'template')
/** What apps in AssemblyScript need of WASI; the bundled examples use the same. */
const WASI = join(HERE, '..', '..', '..', '..', 'examples', 'wasi', 'assembly', 'wasi.ts')

export function add(program: Command, act: Act): void {
  program
    .command('init <folder>')
    .description('make a working project: one app, its test and its orders')
    .action(act(init))
}

async function init(session: Session, _: object, given: string): Promise<Answer> {
  const folder = resolve(session.at.cwd, given)
  const name = basename(folder)
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    const sentence = `"${name}" is not a name for a package: use small letters, digits, - . and _.`
    throw new AppError('command/invalid', sentence, { name })
  }
  await ensureEmpty(folder)
  await cp(TEMPLATE, folder, { recursive: true })
  await cp(WASI, join(folder, 'assembly', 'wasi.ts'))
  for (const file of ['package.json', 'README.md']) await rename(join(folder, file), name)
  const files = await readdir(folder, { recursive: true })
  const place = relative(session.at.cwd, folder)
  const next = [`cd ${place}`, 'npm install', 'npm test', 'traboule run . --args "Ada" --watch']
  return { json: { folder, files: files.sort() }, text: [`Made ${place}. Go on with:`, ...next] }
}

async function ensureEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length === 0) return
  throw new AppError('command/invalid', `${folder} is not empty.`, { folder })
}

async function rename(path: string, name: string): Promise<void> {
  await writeFile(path, (await readFile(path, 'utf8')).replaceAll('NAME', name))
}
