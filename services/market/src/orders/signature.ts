/**
 * Signature: whose order it is. A key's signature is recovered here, natively where the platform
 * has it; anything else is asked of the hub, which knows contract wallets and orders signed on chain.
 */
import { createRequire } from 'node:module'
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import {
  type Address,
  BaseError,
  bytesToHex,
  decodeFunctionResult,
  encodeFunctionData,
  getAddress,
  type Hex,
  HttpRequestError,
  hexToBytes,
  recoverAddress,
  TimeoutError,
  toHex,
} from 'viem'
import { keccak } from '../keccak.ts'

type Native = Readonly<{
  ecdsaRecover(
    signature: Uint8Array,
    recovery: number,
    hash: Uint8Array,
    compressed: boolean,
  ): Uint8Array
}>

/** libsecp256k1, or nothing where it has no build for this platform. */
const native = load()

function load(): Native | undefined {
  try {
    // Not its main module, which would fall back to a slow and weaker library of its own.
    return createRequire(import.meta.url)('secp256k1/bindings.js') as Native
  } catch {
    return undefined
  }
}

/** Gas a wallet contract may burn to say whether a signature is its own. */
const WALLET_GAS = 500_000n

/** How an order was found to be its signer's: by key for good, or by the chain until it changes. */
export type Proof = 'key' | 'chain'

/** Half the order of the curve: the chain takes no higher s. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/** The address whose key made `signature`; undefined when no key did. */
async function recover(hash: Hex, signature: Hex): Promise<Address | undefined> {
  const full = signature.length === 130 ? expanded(signature) : signature
  if (full.length !== 132 || BigInt(`0x${full.slice(66, 130)}`) > HALF_ORDER) return undefined
  const v = Number.parseInt(full.slice(130), 16)
  if (v !== 27 && v !== 28) return undefined
  try {
    if (!native) return await recoverAddress({ hash, signature: full })
    const bytes = hexToBytes(full)
    const key = native.ecdsaRecover(bytes.subarray(0, 64), v - 27, hexToBytes(hash), false)
    return getAddress(bytesToHex(keccak(key.subarray(1)).subarray(12)))
  } catch {
    return undefined // not a point on the curve
  }
}

/** A compact signature (EIP-2098) in its long form. */
function expanded(signature: Hex): Hex {
  const s = BigInt(`0x${signature.slice(66)}`)
  const v = s >> 255n ? '1c' : '1b'
  return `0x${signature.slice(2, 66)}${toHex(s & ((1n << 255n) - 1n), { size: 32 }).slice(2)}${v}`
}

export type SignatureChecker = Readonly<{
  /** How `signature` over `hash` is by `signer`, or undefined when it is not. */
  prove(signer: Address, hash: Hex, signature: Hex): Promise<Proof | undefined>
}>

/** Checks signatures by key first, then by asking the hub. */
export function checkSignatures(client: ChainClient, hub: Address): SignatureChecker {
  return {
    async prove(signer, hash, signature) {
      if ((await recover(hash, signature)) === signer) return 'key'
      const valid = await ask(client, hub, [signer, hash, signature])
      return valid ? 'chain' : undefined
    },
  }
}

/**
 * The hub's opinion; it refuses malformed signatures by reverting, and so do wallets that fail. An
 * endpoint that does not answer has no opinion.
 */
async function ask(client: ChainClient, hub: Address, args: readonly [Address, Hex, Hex]) {
  const known = { abi: hubAbi, functionName: 'verifyPresignatureOrSignature' } as const
  try {
    const call = { to: hub, data: encodeFunctionData({ ...known, args }), gas: WALLET_GAS }
    const { data = '0x' } = await client.call(call)
    return decodeFunctionResult({ ...known, data })
  } catch (error) {
    if (!unanswered(error)) return false
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, error)
  }
}

/** Whether a reading failed because the endpoint did not answer, and not because the chain said no. */
export const unanswered = (error: unknown): boolean =>
  error instanceof BaseError &&
  error.walk((each) => each instanceof HttpRequestError || each instanceof TimeoutError) !== null
