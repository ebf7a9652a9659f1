/** Progress: a bag as it is computed, on stderr. Redrawn in place on a terminal. */
import type { Look, TaskStory } from '@traboule/sdk'
import type { Address } from 'viem'
import type { Surroundings } from './surroundings.ts'

const WIDTH = 30
/** How much of a task's way lies behind it. */
const done = { waiting: 0, computing: 0.2, revealing: 0.7, paid: 1, refunded: 1 } as const

export type Progress = Readonly<{ show(look: Look): void }>

/** Shows looks; `nameOf` is what people call an address. */
export function openProgress(
  { stderr }: Surroundings,
  nameOf: (address: Address) => string,
): Progress {
  let drawn = 0
  let before: readonly string[] = []
  return {
    show({ stories }) {
      const lines = stories.map((story) => lineOf(story, nameOf))
      if (stderr.isTTY) {
        const up = drawn > 0 ? `\u001b[${drawn}A` : ''
        stderr.write(up + [barOf(stories), ...lines].map((line) => `\u001b[2K${line}\n`).join(''))
        drawn = lines.length + 1
        return
      }
      const changed = lines.filter((line, n) => line !== before[n])
      for (const line of changed) stderr.write(`${line}\n`)
      before = lines
    },
  }
}

/** `[###---] 1/2 paid`. */
export function barOf(stories: readonly TaskStory[]): string {
  const steps = stories.reduce((sum, { stage }) => sum + done[stage], 0)
  const full = Math.round((steps / Math.max(stories.length, 1)) * WIDTH)
  const paid = stories.filter(({ stage }) => stage === 'paid').length
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${paid}/${stories.length} paid`
}

/** `task 3  revealing  worker1 + worker5 x`: who voted, and whether with the consensus. */
export function lineOf(story: TaskStory, nameOf: (address: Address) => string): string {
  const votes = story.votes.map(({ worker, resultHash }) => {
    const mark = !story.consensus ? '?' : resultHash === story.consensus ? '+' : 'x'
    return `${nameOf(worker)} ${mark}`
  })
  return `task ${story.index}  ${story.stage.padEnd(9)}  ${votes.join('  ')}`.trimEnd()
}
