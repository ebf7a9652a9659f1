/** Screen: the progress of a bag, redrawn in place on a terminal, line by line elsewhere. */

import type { TaskStory } from '@traboule/sdk'
import type { Address } from 'viem'

const WIDTH = 32

export type Screen = Readonly<{
  /** Shows the bag as it is now. */
  show(stories: readonly TaskStory[]): void
}>

/** Draws on `out`. `nameOf` turns an address into what people call it. */
export function openScreen(out: NodeJS.WriteStream, nameOf: (address: Address) => string): Screen {
  return out.isTTY ? inPlace(out, nameOf) : lineByLine(out, nameOf)
}

/** A bag larger than the terminal shows the tasks that are still open. */
function inPlace(out: NodeJS.WriteStream, nameOf: (address: Address) => string): Screen {
  let drawn = 0
  return {
    show(stories) {
      const room = out.rows - 3
      const open = stories.filter(({ stage }) => stage !== 'paid')
      const shown = stories.length <= room ? stories : open.slice(0, room)
      const lines = [barOf(stories), ...shown.map((story) => lineOf(story, nameOf))]
      const up = drawn > 0 ? `\u001b[${drawn}A\u001b[J` : ''
      out.write(up + lines.map((line) => `${line.slice(0, out.columns)}\n`).join(''))
      drawn = lines.length
    },
  }
}

/** Each change of a task that has votes, once. */
function lineByLine(out: NodeJS.WriteStream, nameOf: (address: Address) => string): Screen {
  const before = new Map<string, string>()
  return {
    show(stories) {
      for (const story of stories.filter(({ votes }) => votes.length > 0)) {
        const line = lineOf(story, nameOf)
        if (before.get(story.taskId) !== line) out.write(`${barOf(stories)}  ${line}\n`)
        before.set(story.taskId, line)
      }
    },
  }
}

/** `[######----------] 3/12 paid`. */
function barOf(stories: readonly TaskStory[]): string {
  const steps = stories.reduce((sum, { stage }) => sum + progress[stage], 0)
  const full = Math.round((steps / Math.max(stories.length, 1)) * WIDTH)
  const paid = stories.filter(({ stage }) => stage === 'paid').length
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${paid}/${stories.length} paid`
}

/** How much of a task's way is behind it. */
const progress = { waiting: 0, computing: 0.2, revealing: 0.7, paid: 1, refunded: 1 } as const

/** `task  3  revealing  worker1 ✓ worker5 ✗`. */
function lineOf(story: TaskStory, nameOf: (address: Address) => string): string {
  const votes = story.votes.map(({ worker, resultHash }) => {
    const mark = !story.consensus ? '·' : resultHash === story.consensus ? '✓' : '✗'
    return `${nameOf(worker)}${mark}`
  })
  const number = String(story.index).padStart(3)
  return `task ${number}  ${story.stage.padEnd(9)}  ${votes.join(' ')}`
}
