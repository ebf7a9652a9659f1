/** `traboule network`: where the market is. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readJson } from '../files.ts'
import * as Networks from '../networks.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('network').description('where the market is')
  noun.command('list').description('the networks that can be named').action(act(list))
  noun
    .command('use [name]')
    .description('use a network from now on; without a name, the devnet near by again')
    .action(act(use))
  noun
    .command('add <name> <file>')
    .description('keep a network’s profile (JSON) under a name')
    .action(act(keep))
  noun.command('show [name]').description('addresses and URLs of a network').action(act(show))
}

async function list(session: Session): Promise<Answer> {
  const all = await Networks.list(session.at)
  const rows = all.map(({ name, profile, current }) => [
    ...[current ? '*' : '', name, String(profile.chainId), profile.rpcUrl],
  ])
  const networks = all.map(({ name, path, current, profile }) => ({ name, path, current, profile }))
  return { json: { networks }, text: table(['', 'network', 'chain', 'RPC'], rows) }
}

async function use(session: Session, _: object, name?: string): Promise<Answer> {
  await Networks.use(session.at, name)
  return {
    json: { network: name ?? null },
    text: name === undefined ? 'Using the devnet near by.' : `Using ${name}.`,
  }
}

async function keep(session: Session, _: object, name: string, file: string): Promise<Answer> {
  const json = await readJson(resolve(session.at.cwd, file))
  return described(await Networks.add(session.at, name, json))
}

async function show(session: Session, _: object, name?: string): Promise<Answer> {
  return described(await Networks.find(session.at, name ?? session.options.network))
}

/** Accounts are left out: their keys are nobody's business here. */
function described({ name, path, profile }: Networks.Known): Answer {
  const { urls, ...rest } = profile
  return { json: { name, path, ...profile }, text: facts({ name, ...rest, ...urls }) }
}
