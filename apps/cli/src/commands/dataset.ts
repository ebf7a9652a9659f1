/** `traboule dataset`: data to compute on. */
import { basename, resolve } from 'node:path'
import { dataset, encryption } from '@traboule/sdk'
import type { Command } from 'commander'
import { readBytes, writePrivate } from '../files.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, remark, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('dataset').description('data to compute on')
  noun
    .command('deploy <file>')
    .description('upload a file and register it')
    .option('--encrypt', 'encrypt it first, with a key that is kept beside it as <file>.key')
    .option('--name <name>', 'what to call it (default: the file’s name)')
    .action(act(deploy))
  noun.command('show <dataset>').description('what a dataset is, and whose').action(act(show))
  noun
    .command('list [owner]')
    .description('the datasets of an owner (default: yours)')
    .action(act(list))
}

type Deploying = { name?: string; encrypt?: boolean }

async function deploy(session: Session, options: Deploying, path: string): Promise<Answer> {
  const full = resolve(session.at.cwd, path)
  const plain = await readBytes(full)
  const bytes = options.encrypt ? await sealed(session, full, plain) : plain
  const network = await session.act()
  const address = await dataset.deploy(network, { name: options.name ?? basename(full), bytes })
  return described(await dataset.show(network, address))
}

/** The key is written before anything is sold: data whose key is lost is lost. */
async function sealed(session: Session, path: string, plain: Uint8Array): Promise<Uint8Array> {
  const key = encryption.generateKey()
  await writePrivate(`${path}.key`, `${key}\n`)
  remark(session.at, session.form, `key ${path}.key`)
  return encryption.encrypt(plain, key)
}

async function show(session: Session, _: object, named: string): Promise<Answer> {
  const address = Parse.address(named)
  return described(await dataset.show(await session.read(), address))
}

const described = (found: dataset.Dataset): Answer => ({ json: found, text: facts(found) })

async function list(session: Session, _: object, given?: string): Promise<Answer> {
  const owner = given === undefined ? await session.address() : Parse.address(given)
  const datasets = await dataset.list(await session.read(), owner)
  const rows = datasets.map(({ address, name }) => [address, name])
  return { json: { owner, datasets }, text: table(['dataset', 'name'], rows) }
}
