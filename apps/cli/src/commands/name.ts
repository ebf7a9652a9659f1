/** `traboule name`: names for addresses, where the network has them (ENS). */
import { ens } from '@traboule/sdk'
import type { Command } from 'commander'
import { type Answer, facts } from '../print.ts'
import type { Act } from '../program.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('name').description('names for addresses (ENS)')
  noun
    .command('show [name]')
    .description(
      'where a name leads and whose it is, or what an address is called (default: yours)',
    )
    .action(act(show))
  noun
    .command('claim <label>')
    .description('take a free name, such as ada for ada.users.iexec.eth, and be called so')
    .option('--domain <name>', 'below which name: apps.iexec.eth and others', 'users.iexec.eth')
    .option('--for <address>', 'let it lead to this address, such as an app, instead of to you')
    .action(act(claim))
  noun
    .command('point <name> [address]')
    .description('let a name of yours lead to an address (default: yours)')
    .action(act(point))
}

async function show(session: Session, _: object, given?: string): Promise<Answer> {
  const network = await session.read()
  const address = await session.addressOf(given)
  if (given === undefined || !given.includes('.')) {
    const name = await ens.lookup(network, address)
    return { json: { address, name }, text: facts({ address, name: name ?? 'none' }) }
  }
  const owner = await ens.ownerOf(network, given)
  return { json: { name: given, address, owner }, text: facts({ name: given, address, owner }) }
}

type Claiming = { domain: string; for?: string }

async function claim(session: Session, options: Claiming, label: string): Promise<Answer> {
  const address = await session.addressOf(options.for)
  const name = await ens.claim(await session.act(), label, options.domain)
  return lead(session, name, address)
}

async function point(session: Session, _: object, name: string, to?: string): Promise<Answer> {
  return lead(session, name, await session.addressOf(to))
}

async function lead(session: Session, name: string, address: `0x${string}`): Promise<Answer> {
  await ens.point(await session.act(), { name, address })
  return { json: { name, address }, text: `${name} leads to ${address}.` }
}
