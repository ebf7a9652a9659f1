/** Gather: what is asked for while the database is busy with the same is done at once, by one statement. */

/** How much is done together at most. */
const TOGETHER = 500

/** `work` for one, that waits for others; it gets and gives as many as it was asked, in order. */
export function gather<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  type Waiting = Readonly<{ item: T; result: PromiseWithResolvers<R> }>
  let waiting: Waiting[] = []
  let working = false

  async function drain(): Promise<void> {
    working = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, TOGETHER)
      waiting = waiting.slice(TOGETHER)
      try {
        const results = await work(batch.map(({ item }) => item))
        for (const [n, { result }] of batch.entries()) result.resolve(results[n] as R) // one an item
      } catch (error) {
        for (const { result } of batch) result.reject(error)
      }
    }
    working = false
  }

  return (item) => {
    const result = Promise.withResolvers<R>()
    waiting.push({ item, result })
    if (!working) void drain()
    return result.promise
  }
}
