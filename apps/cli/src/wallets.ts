/** Wallets: keystores in the user's folder, one file a wallet. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, Scalar } from '@traboule/protocol'
import { decrypt, encrypt } from '@traboule/protocol/keystore'
import type { Address, Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { readIfThere, readJson, writePrivate } from './files.ts'
import type { Surroundings } from './surroundings.ts'

export type Listed = Readonly<{ name: string; address: Address; path: string }>

/** Every wallet, by name. */
export async function list({ home }: Surroundings): Promise<readonly Listed[]> {
  const folder = join(home, 'wallets')
  const files = await readdir(folder).catch(() => [])
  const names = files.filter((file) => file.endsWith('.json')).sort()
  return Promise.all(names.map((file) => describe(join(folder, file), file.slice(0, -5))))
}

async function describe(path: string, name: string): Promise<Listed> {
  const { address } = (await readJson(path)) as { address?: string } // checked in the next line
  const known = Scalar.address.safeParse(`0x${address?.replace(/^0x/, '')}`)
  if (known.success) return { name, address: known.data, path }
  throw new AppError('file/malformed', `${path} is not a keystore: it names no address.`, { path })
}

/** The wallet of this name or address; the only one when nothing is said. */
export async function find(at: Surroundings, wanted: string | undefined): Promise<Listed> {
  const all = await list(at)
  const known = all.map(({ name }) => name)
  const [only] = all
  if (wanted === undefined) {
    if (only && all.length === 1) return only
    const sentence = only ? 'There are several wallets: say which.' : 'There is no wallet yet.'
    throw new AppError('wallet/unknown', sentence, { known })
  }
  const same = (text: string) => text.toLowerCase() === wanted.toLowerCase()
  const found = all.find(({ name, address }) => same(name) || same(address))
  if (found) return found
  throw new AppError('wallet/unknown', `There is no wallet ${wanted}.`, { known })
}

/** Keeps a key under a password. Throws `wallet/exists`. */
export async function keep(
  at: Surroundings,
  name: string,
  { privateKey, password }: Readonly<{ privateKey: Hex; password: string }>,
): Promise<Listed> {
  if (!/^[\w-]{1,64}$/.test(name)) {
    const sentence = `"${name}" is not a name for a wallet: use letters, digits, - and _.`
    throw new AppError('command/invalid', sentence, { name })
  }
  const path = join(at.home, 'wallets', `${name}.json`)
  if ((await readIfThere(path)) !== undefined)
    throw new AppError('wallet/exists', `There is a wallet ${name} already.`, { name, path })
  await writePrivate(path, await encrypt(privateKey, password))
  return { name, path, address: privateKeyToAccount(privateKey).address }
}

/** The account of a wallet. Throws `wallet/wrong-password`. */
export async function open({ path }: Listed, password: string) {
  const text = await readIfThere(path)
  return privateKeyToAccount(await decrypt(text ?? '', password))
}
