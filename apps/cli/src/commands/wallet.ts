/** `traboule wallet`: keys, always under a password, never on the command line. */
import { resolve } from 'node:path'
import { AppError, Scalar } from '@traboule/protocol'
import { decrypt } from '@traboule/protocol/keystore'
import type { Command } from 'commander'
import type { Hex } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { piped, secret, somebodyThere } from '../ask.ts'
import { readBytes } from '../files.ts'
import { type Answer, facts, table } from '../print.ts'
import type { Act } from '../program.ts'
import { passwordFor, type Session } from '../session.ts'
import * as Wallets from '../wallets.ts'

export function add(program: Command, act: Act): void {
  const noun = program.command('wallet').description('your keys')
  noun.command('create [name]').description('make a new key').action(act(create))
  noun
    .command('import [name]')
    .description('take over a key: a keystore file, or a private key piped in')
    .option('--from <file>', 'a Web3 v3 keystore, or a file with a private key (default: stdin)')
    .action(act(take))
  noun.command('list').description('the wallets you have').action(act(list))
}

async function create(session: Session, _: object, name = 'default'): Promise<Answer> {
  const password = await newPassword(session, name)
  const privateKey = generatePrivateKey()
  return kept(await Wallets.keep(session.at, name, { privateKey, password }))
}

async function take(
  session: Session,
  { from }: { from?: string },
  name = 'default',
): Promise<Answer> {
  const { at } = session
  const path = from === undefined ? undefined : resolve(at.cwd, from)
  const text = path === undefined ? await piped(at) : Buffer.from(await readBytes(path)).toString()
  const isKeystore = text.trimStart().startsWith('{')
  const password = isKeystore
    ? await passwordFor(at, session.options, from ?? 'the keystore')
    : await newPassword(session, name)
  const privateKey = isKeystore ? await decrypt(text, password) : parseKey(text)
  return kept(await Wallets.keep(at, name, { privateKey, password }))
}

/** The text itself is never repeated: it may be nearly a key. */
function parseKey(text: string): Hex {
  const trimmed = text.trim()
  const parsed = Scalar.bytes32.safeParse(trimmed.startsWith('0x') ? trimmed : `0x${trimmed}`)
  if (parsed.success) return parsed.data
  const sentence = 'This is neither a keystore nor a private key of 64 hexadecimal digits.'
  throw new AppError('file/malformed', sentence)
}

/** A password for a new wallet; typed twice when a person types it. */
async function newPassword({ at, options }: Session, name: string): Promise<string> {
  const told = options.passwordFile !== undefined || at.env.TRABOULE_PASSWORD !== undefined
  if (told || !somebodyThere(at)) return passwordFor(at, options, name)
  const first = await secret(at, `New password of ${name}: `)
  const second = await secret(at, 'The same again: ')
  if (first === second && first !== '') return first
  const sentence = first === '' ? 'The password is empty.' : 'The two passwords differ.'
  throw new AppError('command/invalid', sentence)
}

const kept = (wallet: Wallets.Listed): Answer => ({ json: wallet, text: facts(wallet) })

async function list(session: Session): Promise<Answer> {
  const wallets = await Wallets.list(session.at)
  const rows = wallets.map(({ name, address }) => [name, address])
  return { json: { wallets }, text: table(['wallet', 'address'], rows) }
}
