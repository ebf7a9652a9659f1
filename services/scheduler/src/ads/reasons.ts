/** Reasons: why workers do not suit a task, in sentences. */
import type { Explanation, Obstacle } from '@traboule/classad'

export function reasons({ total, matches, obstacles }: Explanation) {
  return {
    workers: total,
    able: matches,
    reasons: obstacles.map((obstacle) => ({
      side: obstacle.side === 'asker' ? ('task' as const) : ('worker' as const),
      part: obstacle.part,
      workers: obstacle.fails,
      silent: obstacle.unknown,
      why: sentence(obstacle, total),
    })),
  }
}

/** “17 of 40 workers lack MemoryMB >= 16384”, “3 of 40 workers refuse this task: …”. */
function sentence({ side, part, fails, unknown }: Obstacle, total: number): string {
  const who = `${fails} of ${total} workers`
  const silent = unknown > 0 ? ` (${unknown} do not say)` : ''
  if (side === 'partner') return `${who} refuse this task: it is not so that ${part}${silent}`
  return `${who} lack ${part.replace(/\b(?:other|target)\./gi, '')}${silent}`
}
