/**
 * Cid: the name of a file by its content, and back to the key that we keep it under.
 *
 * Files are named as `ipfs add` names them by default: version 0, wrapped leaves of 256 KiB, 174
 * links a node. The registries keep only the multihash of a name, so every version and codec of
 * the same multihash finds the same file.
 */
import { AppError } from '@traboule/protocol'
import { importer } from 'ipfs-unixfs-importer'
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'

/** What `ipfs add` says about a file. */
export type Named = Readonly<{
  /** `Qm…` */
  cid: string
  /** Where the object is kept; see `keyOf`. */
  key: string
  /** Bytes of the file's blocks together, a little more than the file's. */
  dagSize: number
}>

const DAG_PB = 0x70
const RAW = 0x55
const SHA2_256 = 0x12

/** How a file is cut and named: what `ipfs add --cid-version --raw-leaves` changes. */
export type Layout = Readonly<{ version: 0 | 1; rawLeaves: boolean }>
/** As `ipfs add` lays files out by default. */
export const usual: Layout = { version: 0, rawLeaves: false }

/** Every layout that a name may be of, the usual first. */
export const layouts: readonly Layout[] = [
  usual,
  { version: 1, rawLeaves: true },
  { version: 1, rawLeaves: false },
  { version: 0, rawLeaves: true },
]

/** Hashes a file; its blocks are not kept, since the whole file is. */
export async function name(
  bytes: Uint8Array,
  { version, rawLeaves }: Layout = usual,
): Promise<Named> {
  const nowhere = { put: async (cid: CID) => cid }
  for await (const { cid, size } of importer([{ content: bytes }], nowhere, {
    ...{ profile: 'unixfs-v0-2015', cidVersion: version, rawLeaves },
  }))
    return { cid: cid.toString(), key: keyFor(cid), dagSize: Number(size) }
  throw new TypeError('the importer gave nothing for a file')
}

/** The key of the object that a CID of any version names. Throws `object/bad-cid`. */
export function keyOf(text: string): string {
  const cid = parse(text)
  const usable = cid.multihash.code === SHA2_256 && [DAG_PB, RAW].includes(cid.code)
  if (usable) return keyFor(cid)
  throw new AppError('object/bad-cid', `${text} does not name a UnixFS file by sha2-256.`, {
    cid: text,
  })
}

/** Lower case, since some file systems do not tell `Qma` from `QMA`. */
function keyFor({ multihash }: CID): string {
  return `objects/${base32.encode(multihash.bytes)}`
}

function parse(text: string): CID {
  try {
    return CID.parse(text)
  } catch (cause) {
    throw new AppError('object/bad-cid', `${text.slice(0, 100)} is not a CID.`, {}, cause)
  }
}
