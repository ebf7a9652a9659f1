/**
 * Multiaddr: where an app's or dataset's bytes are, as the registries keep it.
 *
 * Source: PoCo convention. `/ipfs/<CID>` is kept as a binary multiaddr, which holds only the
 * multihash; every other text is kept as its UTF-8 bytes. Both are read.
 */
import { bytesToHex, concatBytes, type Hex, hexToBytes } from 'viem'

/** Varint of the multiaddr protocol `ipfs` (421), then the length of a sha2-256 multihash. */
const PREFIX = Uint8Array.of(0xa5, 0x03, 34)
/** A sha2-256 multihash begins so: its code, then 32 for the length of the digest. */
const SHA256 = Uint8Array.of(0x12, 32)
const LENGTH = PREFIX.length + 34
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The bytes to deploy for `text`, such as `/ipfs/Qm…` or `https://…`. */
export function encode(text: string): Hex {
  const cid = /^\/ipfs\/(Qm[1-9A-HJ-NP-Za-km-z]{44})$/.exec(text)?.[1]
  const multihash = cid === undefined ? undefined : fromBase58(cid)
  if (multihash === undefined) return bytesToHex(new TextEncoder().encode(text))
  return bytesToHex(concatBytes([PREFIX, multihash]))
}

/** The text that a deployed multiaddr stands for. */
export function decode(multiaddr: Hex): string {
  const bytes = hexToBytes(multiaddr)
  const head = concatBytes([PREFIX, SHA256])
  const binary = bytes.length === LENGTH && head.every((byte, at) => bytes[at] === byte)
  return binary
    ? `/ipfs/${toBase58(bytes.subarray(PREFIX.length))}`
    : new TextDecoder().decode(bytes)
}

/** A multihash never begins with a zero byte, so leading zeros need no care. */
function toBase58(bytes: Uint8Array): string {
  let rest = BigInt(bytesToHex(bytes))
  let text = ''
  for (; rest > 0n; rest /= 58n) text = ALPHABET.charAt(Number(rest % 58n)) + text
  return text
}

function fromBase58(text: string): Uint8Array | undefined {
  const value = [...text].reduce((sum, char) => sum * 58n + BigInt(ALPHABET.indexOf(char)), 0n)
  const hex = value.toString(16).padStart(68, '0')
  return hex.length === 68 && hex.startsWith('1220') ? hexToBytes(`0x${hex}`) : undefined
}
