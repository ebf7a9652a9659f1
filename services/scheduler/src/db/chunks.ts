/** Chunks: long lists in statements that a database accepts. */

const SIZE = 1_000

/** The rows of `query` run over `items`, a thousand at a time. */
export async function inChunks<T, R>(
  items: readonly T[],
  query: (chunk: readonly T[]) => Promise<R[]>,
): Promise<R[]> {
  const rows: R[] = []
  for (let at = 0; at < items.length; at += SIZE)
    rows.push(...(await query(items.slice(at, at + SIZE))))
  return rows
}
