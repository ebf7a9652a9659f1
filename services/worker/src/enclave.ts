/**
 * Enclave: the key that stands beside a worker's vote where the deal asks for an enclave.
 *
 * This one is simulated: the key lies in a file that the machine's owner can read, and nothing was
 * measured. The chain's own checks are the real ones; what they prove is not secrecy.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, Contribution, Scalar } from '@traboule/protocol'
import { type Address, bytesToHex, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'

export type Enclave = Readonly<{
  address: Address
  /** Signs a vote as the chain checks it. */
  sign(resultHash: Hex, resultSeal: Hex): Promise<Hex>
}>

/** The enclave whose key is in `file`; made when missing, since votes under way name it. */
export async function openEnclave(file: string): Promise<Enclave> {
  await mkdir(dirname(file), { recursive: true })
  const fresh = bytesToHex(randomBytes(32))
  await writeFile(file, fresh, { flag: 'wx', mode: 0o600, flush: true }).catch(keepOld)
  const key = Scalar.bytes32.safeParse(await readFile(file, 'utf8'))
  if (!key.success)
    throw new AppError('file/malformed', `${file} does not hold a key.`, { path: file })
  const account = privateKeyToAccount(key.data)
  return {
    address: account.address,
    sign: (hash, seal) =>
      account.signMessage({ message: { raw: Contribution.enclaveHash(hash, seal) } }),
  }
}

function keepOld(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
