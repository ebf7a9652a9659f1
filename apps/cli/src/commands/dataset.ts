/** `traboule dataset`: data to compute on. */
import { writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { AppError } from '@traboule/protocol'
import { dataset, encryption } from '@traboule/sdk'
import type { Command } from 'commander'
import { sha256 } from 'viem'
import { readBytes, readIfThere, writePrivate } from '../files.ts'
import { addPublish } from '../offers.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, remark, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('dataset').description('data to compute on')
  noun
    .command('encrypt <file>')
    .description('encrypt a file, with a new key; both are kept beside it as <file>.enc and .key')
    .option('--out <path>', 'where to put the encrypted file')
    .option('--key <path>', 'where to put the key')
    .action(act(encrypt))
  noun
    .command('deploy <file>')
    .description('upload a file and register it')
    .option('--encrypt', 'encrypt it first, with a key that is kept beside it as <file>.key')
    .option('--name <name>', 'what to call it (default: the file’s name)')
    .action(act(deploy))
  noun
    .command('register <name> <location> <checksum>')
    .description('register data that is somewhere already; its checksum is the sha256 of its bytes')
    .action(act(register))
  addPublish(noun, act, 'dataset')
  noun.command('show <dataset>').description('what a dataset is, and whose').action(act(show))
  noun
    .command('list [owner]')
    .description('the datasets of an owner (default: yours)')
    .action(act(list))
  noun
    .command('transfer <dataset> <to>')
    .description('give a dataset to somebody')
    .action(act(transfer))
}

type Encrypting = { out?: string; key?: string }

async function encrypt(session: Session, options: Encrypting, path: string): Promise<Answer> {
  const full = resolve(session.at.cwd, path)
  const file = options.out ? resolve(session.at.cwd, options.out) : `${full}.enc`
  const keyFile = options.key ? resolve(session.at.cwd, options.key) : `${full}.key`
  const bytes = await sealed(keyFile, await readBytes(full))
  await writeFile(file, bytes)
  const json = { file, keyFile, checksum: sha256(bytes), size: bytes.length }
  const text = facts({ encrypted: file, key: keyFile, checksum: json.checksum })
  return { json, text: [...text, 'Who has the key can read the data; who loses it has lost it.'] }
}

type Deploying = { name?: string; encrypt?: boolean }

async function deploy(session: Session, options: Deploying, path: string): Promise<Answer> {
  const full = resolve(session.at.cwd, path)
  const plain = await readBytes(full)
  const bytes = options.encrypt ? await sealed(`${full}.key`, plain) : plain
  if (options.encrypt) remark(session.at, session.form, `key ${full}.key`)
  const network = await session.act()
  const address = await dataset.deploy(network, { name: options.name ?? basename(full), bytes })
  return answerOf(await dataset.show(network, address))
}

/** The key is written before anything is sold, and never over another one. */
async function sealed(keyFile: string, plain: Uint8Array): Promise<Uint8Array> {
  if ((await readIfThere(keyFile)) !== undefined) {
    const sentence = `${keyFile} exists: it may be the only key to data encrypted before.`
    throw new AppError('command/invalid', sentence, { path: keyFile })
  }
  const key = encryption.generateKey()
  await writePrivate(keyFile, `${key}\n`)
  return encryption.encrypt(plain, key)
}

async function register(
  session: Session,
  _: object,
  ...[name, location, checksum]: [string, string, string]
): Promise<Answer> {
  const network = await session.act()
  const described = { name, location, checksum: Parse.bytes32(checksum) }
  return answerOf(await dataset.show(network, await dataset.register(network, described)))
}

async function transfer(session: Session, _: object, named: string, to: string): Promise<Answer> {
  const [entry, receiver] = [await session.addressOf(named), await session.addressOf(to)]
  const network = await session.act()
  await dataset.transfer(network, { dataset: entry, to: receiver })
  return answerOf(await dataset.show(network, entry))
}

async function show(session: Session, _: object, named: string): Promise<Answer> {
  const address = await session.addressOf(named)
  return answerOf(await dataset.show(await session.read(), address))
}

const answerOf = (found: dataset.Dataset): Answer => ({ json: found, text: facts(found) })

async function list(session: Session, _: object, given?: string): Promise<Answer> {
  const owner = await session.addressOf(given)
  const datasets = await dataset.list(await session.read(), owner)
  const rows = datasets.map(({ address, name }) => [address, name])
  return { json: { owner, datasets }, text: table(['dataset', 'name'], rows) }
}
