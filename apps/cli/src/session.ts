/** Session: the network and wallet that one command works with. */
import { resolve } from 'node:path'
import { AppError } from '@traboule/protocol'
import { ens, type Network, openNetwork } from '@traboule/sdk'
import type { Address, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { secret, somebodyThere } from './ask.ts'
import { readIfThere } from './files.ts'
import * as Networks from './networks.ts'
import * as Parse from './parse.ts'
import type { Form } from './print.ts'
import type { Surroundings } from './surroundings.ts'
import * as Wallets from './wallets.ts'

/** What every command understands. */
export type Options = Readonly<{
  network?: string
  as?: string
  wallet?: string
  passwordFile?: string
  json?: boolean
  field?: string
  yes?: boolean
}>

export type Session = Readonly<{
  at: Surroundings
  form: Form
  options: Options
  /** The network of this command. */
  where(): Promise<Networks.Known>
  /** The network, to be read. */
  read(): Promise<Network>
  /** The network, to be written to: opens the wallet, asking for its password if need be. */
  act(): Promise<Network>
  /** The wallet's address; needs no password. */
  address(): Promise<Address>
  /** What a person means: an address, or a name that leads to one; the wallet's own if nothing is said. */
  addressOf(said?: string): Promise<Address>
  /** What people call an address: its role on a devnet, else its name, else a short form. */
  nameOf(address: Address): Promise<string>
}>

export function openSession(at: Surroundings, given: Options): Session {
  const { TRABOULE_WALLET: usual } = at.env
  const named = given.as !== undefined || given.wallet !== undefined || usual === undefined
  const options = named ? given : { ...given, wallet: usual }
  let found: Promise<Networks.Known> | undefined
  const where = () => {
    found ??= Networks.find(at, options.network)
    return found
  }
  const session: Session = {
    at,
    form: formOf(options),
    options,
    where,
    async read() {
      return openNetwork((await where()).profile)
    },
    async act() {
      const known = await where()
      return openNetwork(known.profile, await walletOf(at, options, known))
    },
    async address() {
      const { accounts } = await where()
      const role = roleOf(options, accounts)
      return role?.address ?? (await Wallets.find(at, options.wallet)).address
    },
    async addressOf(said) {
      if (said === undefined) return session.address()
      return said.includes('.') ? ens.resolve(await session.read(), said) : Parse.address(said)
    },
    async nameOf(address) {
      const { accounts } = await where()
      const role = accounts.find((each) => each.address === address)?.role
      if (role) return role
      const short = `${address.slice(0, 8)}…${address.slice(-4)}`
      return (await ens.lookup(await session.read(), address)) ?? short
    },
  }
  return session
}

function formOf({ json, field }: Options): Form {
  if (field !== undefined) return { field }
  return json ? 'json' : 'text'
}

async function walletOf(
  at: Surroundings,
  options: Options,
  { accounts }: Networks.Known,
): Promise<LocalAccount> {
  const role = roleOf(options, accounts)
  if (role) return privateKeyToAccount(role.privateKey)
  const wallet = await Wallets.find(at, options.wallet)
  return Wallets.open(wallet, await passwordFor(at, options, wallet.name))
}

/** On a devnet, whoever names no wallet is the requester. */
function roleOf({ as, wallet }: Options, accounts: Networks.Known['accounts']) {
  if (as === undefined && (wallet !== undefined || accounts.length === 0)) return undefined
  const found = accounts.find(({ role }) => role === (as ?? 'requester'))
  if (found) return found
  const known = accounts.map(({ role }) => role)
  const sentence = `Nobody is called ${as} on this network; --as is for the roles of a devnet.`
  throw new AppError('wallet/unknown', sentence, { known })
}

/** The password of a wallet: from --password-file, TRABOULE_PASSWORD, or the person there. */
export async function passwordFor(
  at: Surroundings,
  { passwordFile }: Options,
  name: string,
): Promise<string> {
  if (passwordFile !== undefined) {
    const path = resolve(at.cwd, passwordFile)
    const text = await readIfThere(path)
    if (text !== undefined) return text.split(/\r?\n/)[0] ?? ''
    throw new AppError('file/unreadable', `${path} does not exist.`, { path })
  }
  if (at.env.TRABOULE_PASSWORD !== undefined) return at.env.TRABOULE_PASSWORD
  if (somebodyThere(at)) return secret(at, `Password of ${name}: `)
  throw new AppError('wallet/no-password', `The wallet ${name} needs its password.`, { name })
}
