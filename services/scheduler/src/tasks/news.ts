/** News: which tasks changed since the board was read. */
import type { Hex } from 'viem'
import type { Board } from './board.ts'

export type News = Readonly<{
  /** What is written of these tasks changed. */
  add(taskIds: Iterable<Hex>): void
  /** Makes the board true again; returns the tasks that it read. */
  catchUp(): Promise<readonly Hex[]>
}>

export function openNews(board: Pick<Board, 'refresh'>): News {
  const changed = new Set<Hex>()
  const add = (taskIds: Iterable<Hex>) => {
    for (const taskId of taskIds) changed.add(taskId)
  }
  return {
    add,
    async catchUp() {
      const taskIds = [...changed]
      // Before reading, not after: what changes meanwhile is news again.
      changed.clear()
      try {
        await board.refresh(taskIds)
      } catch (error) {
        add(taskIds)
        throw error
      }
      return taskIds
    },
  }
}
