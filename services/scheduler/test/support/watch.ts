/** Watch: wait for what the chain says, not for time. */
import type { Task } from '@traboule/protocol'
import type { Hex } from 'viem'
import type { World } from './world.ts'

/** Resolves when every task satisfies `test`; looked at with each block. */
export function until(
  world: World,
  taskIds: readonly Hex[],
  test: (task: Task.Task) => boolean,
): Promise<Task.Task[]> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const tasks = await Promise.all(taskIds.map((id) => world.task(id)))
      if (!tasks.every(test)) return
      stop()
      resolve(tasks)
    }
    const stop = world.client.watchBlockNumber({
      emitOnBegin: true,
      pollingInterval: 50,
      onBlockNumber: () => void look().catch(reject),
      onError: reject,
    })
  })
}

/** Resolves when every task is completed or failed. */
export const over = (world: World, taskIds: readonly Hex[]) =>
  until(world, taskIds, ({ status }) => status === 'completed' || status === 'failed')
