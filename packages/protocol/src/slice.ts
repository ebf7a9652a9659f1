/**
 * Slice: consecutive tasks of one deal that are voted on, settled and paid as one.
 *
 * Source: docs/concepts/batches.md. A slice's digest is the root of a Merkle tree over the digests
 * of its tasks; pairs are sorted before they are hashed, and an odd node moves up as it is.
 */
import { concat, encodeAbiParameters, type Hex, keccak256 } from 'viem'

/** The id of the slice of `count` tasks that begins `first` tasks after the deal's `botFirst`. */
export function id(dealId: Hex, first: bigint, count: bigint): Hex {
  const types = [{ type: 'bytes32' }, { type: 'uint256' }, { type: 'uint256' }] as const
  return keccak256(encodeAbiParameters(types, [dealId, first, count]))
}

/** What the tree holds for task `index` (absolute). Hashed twice: no inner node can pass for it. */
export function leaf(index: bigint, digest: Hex): Hex {
  const types = [{ type: 'uint256' }, { type: 'bytes32' }] as const
  return keccak256(keccak256(encodeAbiParameters(types, [index, digest])))
}

/** The digest of a slice whose tasks have these digests, the first of index `first` (absolute). */
export function root(first: bigint, digests: readonly Hex[]): Hex {
  const [top] = rowsOf(first, digests).at(-1) ?? []
  if (top === undefined) throw new RangeError('A slice has at least one task.')
  return top
}

/** What `proveResult` wants to know to believe the digest at `position` of the slice. */
export function proof(first: bigint, digests: readonly Hex[], position: number): Hex[] {
  return rowsOf(first, digests).flatMap((row, height) => {
    const sibling = row[(position >> height) ^ 1]
    return sibling === undefined ? [] : [sibling]
  })
}

/** What stands for a slice's `results` beside its tasks, where the deal binds them (tag bit 32). */
export function resultsLeaf(results: Hex): Hex {
  return keccak256(concat([keccak256(results), '0x00'])) // 33 bytes: no task's leaf, no inner node
}

/**
 * The digest of a slice whose results are bound. `finalize` takes `root` in the callback's place, and
 * the proof of a task ends with `resultsLeaf`.
 */
export function bind(root: Hex, results: Hex): Hex {
  return pair(root, resultsLeaf(results))
}

/** The tree, row by row, from the leaves to the root alone. */
function rowsOf(first: bigint, digests: readonly Hex[]): Hex[][] {
  let row = digests.map((digest, n) => leaf(first + BigInt(n), digest))
  const rows = [row]
  while (row.length > 1) {
    const below = row
    row = below.flatMap((left, n) => (n % 2 === 0 ? [pair(left, below[n + 1])] : []))
    rows.push(row)
  }
  return rows
}

function pair(left: Hex, right: Hex | undefined): Hex {
  if (right === undefined) return left
  return keccak256(concat(BigInt(left) < BigInt(right) ? [left, right] : [right, left]))
}
