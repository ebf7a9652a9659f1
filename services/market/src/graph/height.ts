/** Height: which blocks the graph can answer of. Only the newest is kept. */
import { AppError } from '@traboule/protocol'

export type Newest = Readonly<{ number: bigint; hash: string | null }>

/** Throws `block/unknown` unless the newest block of the index satisfies what is asked for. */
export function sameBlock(asked: unknown, { number, hash }: Newest): void {
  if (!asked) return
  const wanted = asked as Readonly<Record<string, string | number | null | undefined>> // its input type
  const is = (value: unknown, holds: boolean) => value === undefined || value === null || holds
  if (
    is(wanted.number, Number(wanted.number) === Number(number)) &&
    is(wanted.number_gte, Number(wanted.number_gte) <= Number(number)) &&
    is(wanted.hash, String(wanted.hash).toLowerCase() === hash)
  )
    return
  const sentence = `The graph answers of block ${number}, not of the one asked for.`
  throw new AppError('block/unknown', sentence, { newest: number, hash })
}
