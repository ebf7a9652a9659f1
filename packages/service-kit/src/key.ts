/**
 * Key: the account a service acts as, from its settings.
 *
 * A key in a keystore file (Web3 Secret Storage version 3) never stands in the environment; its
 * password does, or the first line of PASSWORD_FILE's content.
 */
import { readFile } from 'node:fs/promises'
import { AppError } from '@traboule/protocol'
import { decrypt } from '@traboule/protocol/keystore'
import type { Hex, LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'

/** The settings of every service that acts on chain; give PRIVATE_KEY, or KEYSTORE. */
export const keySettings = {
  PRIVATE_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits')
    .transform((text) => text as Hex)
    .optional()
    .describe('The key this service acts with, for development; prefer KEYSTORE.'),
  KEYSTORE: z.string().optional().describe('Path of an encrypted keystore (Web3 v3 JSON).'),
  PASSWORD: z.string().optional().describe('Password of KEYSTORE.'),
  PASSWORD_FILE: z.string().optional().describe('File whose first line is KEYSTORE’s password.'),
} as const

export type KeySettings = Readonly<{
  PRIVATE_KEY?: Hex | undefined
  KEYSTORE?: string | undefined
  PASSWORD?: string | undefined
  PASSWORD_FILE?: string | undefined
}>

/** The account named by the settings. Throws `wallet/unknown`, `wallet/wrong-password`. */
export async function openKey(settings: KeySettings): Promise<LocalAccount> {
  if (settings.PRIVATE_KEY !== undefined) return privateKeyToAccount(settings.PRIVATE_KEY)
  if (settings.KEYSTORE === undefined)
    throw new AppError('wallet/unknown', 'Neither PRIVATE_KEY nor KEYSTORE is set.', {
      settings: Object.keys(keySettings),
    })
  const text = await readText(settings.KEYSTORE)
  return privateKeyToAccount(await decrypt(text, await passwordOf(settings)))
}

async function passwordOf({ PASSWORD, PASSWORD_FILE }: KeySettings): Promise<string> {
  if (PASSWORD !== undefined || PASSWORD_FILE === undefined) return PASSWORD ?? ''
  const text = await readText(PASSWORD_FILE)
  return text.split(/\r?\n/)[0] ?? ''
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause) => {
    throw new AppError('file/unreadable', `${path} cannot be read.`, { path }, cause)
  })
}
