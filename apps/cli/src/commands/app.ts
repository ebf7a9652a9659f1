/** `traboule app`: programs to sell. */
import { app } from '@traboule/sdk'
import type { Command } from 'commander'
import { stringToHex } from 'viem'
import { addPublish } from '../offers.ts'
import * as Parse from '../parse.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import { findProgram } from '../programs.ts'
import type { Session } from '../session.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('app').description('programs to sell')
  noun
    .command('deploy <module>')
    .description('upload a .wasm file, or a folder with a build.ts, and register it')
    .option('--name <name>', 'what to call it (default: the file’s name)')
    .action(act(deploy))
  noun
    .command('register <name> <location> <checksum>')
    .description(
      'register an app that is somewhere already; its checksum is the sha256 of its bytes',
    )
    .option('--type <type>', 'what runs it: WASI or DOCKER', 'WASI')
    .option('--mrenclave <json>', 'what an enclave needs to know of it')
    .action(act(register))
  addPublish(noun, act, 'app')
  noun.command('show <app>').description('what an app is, and whose').action(act(show))
  noun
    .command('list [owner]')
    .description('the apps of an owner (default: yours)')
    .action(act(list))
  noun.command('transfer <app> <to>').description('give an app to somebody').action(act(transfer))
}

async function deploy(session: Session, options: { name?: string }, path: string): Promise<Answer> {
  const { name, wasm } = await findProgram(session.at, path)
  const network = await session.act()
  const address = await app.deploy(network, { name: options.name ?? name, wasm })
  return described(await app.show(network, address))
}

type Registering = { type: string; mrenclave?: string }

async function register(
  session: Session,
  { type, mrenclave }: Registering,
  ...[name, location, checksum]: [string, string, string]
): Promise<Answer> {
  const said = { name, type, location, checksum: Parse.bytes32(checksum) }
  const more = mrenclave === undefined ? {} : { mrenclave: stringToHex(mrenclave) }
  const network = await session.act()
  return described(await app.show(network, await app.register(network, { ...said, ...more })))
}

async function show(session: Session, _: object, named: string): Promise<Answer> {
  const { apps } = await session.where()
  const address = apps[named]?.address ?? (await session.addressOf(named))
  return described(await app.show(await session.read(), address))
}

function described(found: app.App): Answer {
  const { mrenclave, ...rest } = found
  return { json: found, text: facts({ ...rest, ...(mrenclave !== '0x' && { mrenclave }) }) }
}

async function list(session: Session, _: object, given?: string): Promise<Answer> {
  const owner = await session.addressOf(given)
  const apps = await app.list(await session.read(), owner)
  const rows = apps.map(({ address, type, name }) => [address, type, name])
  return { json: { owner, apps }, text: table(['app', 'type', 'name'], rows) }
}

async function transfer(session: Session, _: object, named: string, to: string): Promise<Answer> {
  const [entry, receiver] = [await session.addressOf(named), await session.addressOf(to)]
  const network = await session.act()
  await app.transfer(network, { app: entry, to: receiver })
  return described(await app.show(network, entry))
}
