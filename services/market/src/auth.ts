/**
 * Auth: who writes to the book. Either a signed claim (see `Signed`), or the gateway's way: a text
 * from `/challenge`, signed, as `authorization: <hash>_<signature>_<address>`.
 *
 * Each challenge is its own row, so parallel writes of one wallet do not meet; it is good once and
 * for five minutes. Signed claims are good once too.
 */
import { randomBytes } from 'node:crypto'
import { AppError } from '@traboule/protocol'
import { Signed } from '@traboule/protocol/api'
import type { Clock } from '@traboule/service-kit'
import { sql } from 'kysely'
import {
  type Address,
  getAddress,
  type Hex,
  hashTypedData,
  isAddress,
  isHex,
  toBytes,
  toHex,
} from 'viem'
import { gather } from './db/gather.ts'
import type { Db } from './db/tx.ts'
import { keccak } from './keccak.ts'
import type { SignatureChecker } from './orders/signature.ts'

const LIFE_MS = 300_000

const types = {
  EIP712Domain: [
    { name: 'name', type: 'string' },
    { name: 'version', type: 'string' },
    { name: 'chainId', type: 'uint256' },
  ],
  Challenge: [{ name: 'challenge', type: 'string' }],
} as const

export type AuthOptions = Readonly<{
  db: Db
  chainId: number
  clock: Clock
  signatures: SignatureChecker
}>

export type Auth = Readonly<{
  /** What `address` signs for one write. */
  challenge(address: Address): Promise<ReturnType<typeof typedData>>
  /** Who makes a claim. Throws `request/unauthorized`. */
  authorize: typeof Signed.verify
}>

type Claim = Readonly<{ hash: string; address: string }>

/** What a wallet signs. */
export function typedData(chainId: number, text: string) {
  const domain = { name: 'iExec Gateway', version: '1', chainId }
  return { types, primaryType: 'Challenge' as const, domain, message: { challenge: text } }
}

/** Opens the door keeper of the book. */
export function openAuth({ db, chainId, clock, signatures }: AuthOptions): Auth {
  async function claimant(...presented: Parameters<typeof Signed.verify>): Promise<Address> {
    try {
      const { address, hash, signature } = Signed.read(...presented, keccak)
      if (await signatures.prove(address, hash, signature)) return address
    } catch (error) {
      throw error instanceof AppError ? refused(error.message) : error
    }
    throw refused('The signature is not by the address that it names.')
  }

  async function spend(hash: string, reason: string): Promise<string> {
    const { rows } = await sql<{ address: string; expires_at: string }>`
      delete from market.challenges where hash = ${hash}
      returning address, expires_at::text`.execute(db)
    const row = rows[0]
    if (!row) throw refused(reason)
    if (Number(row.expires_at) < clock.now())
      throw refused('The challenge is older than 5 minutes.')
    return row.address
  }

  /** Claims that arrive while others are being written are written together. */
  const keepAll = gather(async (claims: readonly Claim[]): Promise<boolean[]> => {
    const now = clock.now()
    await sql`delete from market.challenges where expires_at < ${now}::bigint`.execute(db)
    const { rows } = await sql<{ hash: string }>`
      insert into market.challenges (hash, address, expires_at)
      select hash, address, ${now + LIFE_MS}::bigint
      from unnest(${claims.map(({ hash }) => hash)}::text[],
        ${claims.map(({ address }) => address)}::text[]) as claims(hash, address)
      on conflict (hash) do nothing returning hash`.execute(db)
    const kept = new Set(rows.map(({ hash }) => hash))
    return claims.map(({ hash }) => kept.delete(hash)) // of twins, one
  })
  const keep = (hash: string, address: string): Promise<boolean> => keepAll({ hash, address })

  return {
    async challenge(address) {
      const secret = randomBytes(24).toString('base64url')
      const data = typedData(chainId, `Sign this message to log into iExec Gateway: ${secret}`)
      const { Challenge } = types
      await keep(hashTypedData({ ...data, types: { Challenge } }), address)
      return data
    },
    async authorize(header, claim, now) {
      if (header?.startsWith('Traboule ')) {
        const caller = await claimant(header, claim, now)
        if (await keep(toHex(keccak(toBytes(header))), caller)) return caller
        throw refused('This signature was used before.')
      }
      const [hash = '', signature = '', address = ''] = (header ?? '').split('_')
      if (!isHex(hash) || !isHex(signature) || !isAddress(address, { strict: false }))
        throw refused('The authorization header is not <hash>_<signature>_<address>.')
      const caller = getAddress(address)
      if (!(await signatures.prove(caller, hash.toLowerCase() as Hex, signature)))
        throw refused('The signature is not by the address that it names.')
      const asked = await spend(hash.toLowerCase(), 'The challenge is unknown or was used before.')
      if (asked !== caller) throw refused('The challenge was given to another address.')
      return caller
    },
  }
}

const refused = (reason: string) =>
  new AppError('request/unauthorized', 'invalid authorization', { reason })
