/** Tree: what a worker that does a whole slice votes on, and the path to one task. */
import { leafOf, nodeAbove } from '@traboule/protocol/hub'
import { type Hex, keccak256, stringToHex } from 'viem'

/** The result of a worker that answers `answer`, in bytes. */
export const resultOf = (answer: number): Hex => stringToHex(`result ${answer}`)
export const digestOf = (answer: number): Hex => keccak256(resultOf(answer))

export type Span = Readonly<{ first: bigint; count: bigint }>

/** The digest of the slice, when each of its tasks was answered with `answer`. */
export function rootOf(span: Span, answer: number): Hex {
  return rowsOf(span, answer).at(-1)?.[0] ?? '0x'
}

/** What leads from the task `index` to the root. */
export function proofOf(span: Span, index: bigint, answer: number): Hex[] {
  let at = Number(index - span.first)
  return rowsOf(span, answer).flatMap((row) => {
    const sibling = row[at ^ 1]
    at >>= 1
    return sibling ? [sibling] : []
  })
}

const known = new Map<string, readonly (readonly Hex[])[]>()

/** The leaves, then each row above; an odd node moves up as it is. */
function rowsOf(span: Span, answer: number): readonly (readonly Hex[])[] {
  const key = `${span.first} ${span.count} ${answer}`
  const before = known.get(key)
  if (before) return before
  const leaves = Array.from({ length: Number(span.count) }, (_, n) =>
    leafOf(span.first + BigInt(n), digestOf(answer)),
  )
  const rows: Hex[][] = [leaves]
  for (let row = leaves; row.length > 1; rows.push(row)) row = above(row)
  known.set(key, rows)
  return rows
}

function above(row: readonly Hex[]): Hex[] {
  return row.flatMap((left, n) => {
    if (n % 2 === 1) return []
    const right = row[n + 1]
    return [right ? nodeAbove(left, right) : left]
  })
}
