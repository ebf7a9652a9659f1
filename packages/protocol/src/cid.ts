/**
 * Cid: whether bytes are the file that an IPFS content identifier names.
 *
 * The same file has one identifier per layout: how it is cut, how leaves are written and how many
 * a node holds. The rows of `layouts` are those that `ipfs add` makes; an identifier of another
 * layout is not recognised, which is refused rather than trusted.
 *
 * Source: UnixFS and DAG-PB specifications; kubo's defaults and its profile of 2025.
 */
import { concatBytes, sha256 as portable } from 'viem'

/** sha2-256; a parameter because engines have a faster one than portable JavaScript. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

type Layout = Readonly<{ chunk: number; width: number; version: 0 | 1; leaves: 'dag-pb' | 'raw' }>

const layouts: readonly Layout[] = [
  { chunk: 262_144, width: 174, version: 0, leaves: 'dag-pb' },
  { chunk: 262_144, width: 174, version: 1, leaves: 'raw' },
  { chunk: 1_048_576, width: 1_024, version: 1, leaves: 'raw' },
  { chunk: 262_144, width: 174, version: 1, leaves: 'dag-pb' },
]

const DAG_PB = 0x70
const RAW = 0x55
/** A sha2-256 multihash begins so: its code, then the digest's 32 bytes. */
const MULTIHASH = [0x12, 32]
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A block of the graph: `total` is its bytes and its descendants', `content` the file's. */
type Block = Readonly<{ cid: Uint8Array; total: number; content: number }>

/** Whether `bytes` are the file named by `cid`, in any layout known here. */
export function matches(cid: string, bytes: Uint8Array, hash: Sha256 = viaViem): boolean {
  return layouts.some((layout) => namesOf(rootOf(bytes, layout, hash)).includes(cid))
}

/** The version 0 identifier of a file, as `ipfs add` prints it. */
export function of(bytes: Uint8Array, hash: Sha256 = viaViem): string {
  const [layout] = layouts
  return layout === undefined ? '' : toBase58(rootOf(bytes, layout, hash).cid)
}

/** Version 0 and version 1 name the same DAG-PB block by the same multihash. */
function namesOf({ cid }: Block): string[] {
  const versioned = cid.length === 34 ? Uint8Array.of(1, DAG_PB, ...cid) : cid
  const text = `b${toBase32(versioned)}`
  return versioned[1] === DAG_PB ? [text, toBase58(versioned.subarray(2))] : [text]
}

function rootOf(bytes: Uint8Array, layout: Layout, hash: Sha256): Block {
  const { chunk, width } = layout
  const count = Math.max(1, Math.ceil(bytes.length / chunk))
  let level = Array.from({ length: count }, (_, n) =>
    leaf(bytes.subarray(n * chunk, (n + 1) * chunk), layout, hash),
  )
  while (level.length > 1) {
    const groups = Math.ceil(level.length / width)
    const below = level
    level = Array.from({ length: groups }, (_, n) =>
      node(below.slice(n * width, (n + 1) * width), layout, hash),
    )
  }
  return level[0] ?? leaf(bytes, layout, hash)
}

function leaf(bytes: Uint8Array, { leaves, version }: Layout, hash: Sha256): Block {
  const content = bytes.length
  if (leaves === 'raw') return { cid: cidOf(bytes, 1, RAW, hash), total: content, content }
  const file = [Uint8Array.of(0x08, 2), ...(content > 0 ? field(0x12, bytes) : [])]
  const block = concatBytes(field(0x0a, concatBytes([...file, varint(0x18, content)])))
  return { cid: cidOf(block, version, DAG_PB, hash), total: block.length, content }
}

function node(children: readonly Block[], { version }: Layout, hash: Sha256): Block {
  const links = children.flatMap(({ cid, total }) =>
    field(0x12, concatBytes([...field(0x0a, cid), Uint8Array.of(0x12, 0), varint(0x18, total)])),
  )
  const content = children.reduce((sum, child) => sum + child.content, 0)
  const sizes = children.map((child) => varint(0x20, child.content))
  const file = concatBytes([Uint8Array.of(0x08, 2), varint(0x18, content), ...sizes])
  const block = concatBytes([...links, ...field(0x0a, file)])
  const total = children.reduce((sum, child) => sum + child.total, block.length)
  return { cid: cidOf(block, version, DAG_PB, hash), total, content }
}

function cidOf(block: Uint8Array, version: 0 | 1, codec: number, hash: Sha256): Uint8Array {
  const prefix = version === 0 ? MULTIHASH : [1, codec, ...MULTIHASH]
  return concatBytes([Uint8Array.from(prefix), hash(block)])
}

/** A length-delimited protobuf field. */
function field(tag: number, bytes: Uint8Array): Uint8Array[] {
  return [varint(tag, bytes.length), bytes]
}

function varint(tag: number, value: number): Uint8Array {
  const bytes = [tag]
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80)
  return Uint8Array.from([...bytes, rest])
}

/** Identifiers never begin with a zero byte, so leading zeros need no care. */
function toBase58(bytes: Uint8Array): string {
  let rest = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = BASE58.charAt(Number(rest % 58n)) + text
  return text
}

function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((five) => BASE32.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('')
}

const viaViem: Sha256 = (bytes) => portable(bytes, 'bytes')
