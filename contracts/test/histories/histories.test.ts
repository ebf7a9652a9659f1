import { type Refused, refusals } from '@traboule/protocol/hub'
import { expect, test } from 'vitest'
import { difference, type Foretold, foretell } from './foretell.ts'
import { type History, makeHistory } from './history.ts'
import { domainOf } from './offers.ts'
import { openReplay } from './replay.ts'

const COUNT = Number(process.env.HISTORIES_COUNT ?? 10_000)
const SEED = Number(process.env.HISTORIES_SEED ?? Date.now() % 2 ** 31)
const LENGTH = 30
/** As many as are made, played and judged at a time. */
const ROUND = 2_500
/** A minute on one core; more when all of Solidity is compiled first, or a failure shortened. */
const TIMEOUT = 900_000

type Replay = Awaited<ReturnType<typeof openReplay>>

/** Only a task with more voters than there are people here meets this one. */
const NEVER_MET: readonly Refused[] = ['TooManyContributors']

test(
  `property: the hub does what its model foretells, ${COUNT} times (seed ${SEED})`,
  async () => {
    await using replay = await openReplay()
    const on = { stage: replay.stage, domain: domainOf(replay.stage) }
    const met = new Set<Refused>(NEVER_MET)
    for (let start = 0; start < COUNT; start += ROUND) {
      const histories = Array.from({ length: Math.min(ROUND, COUNT - start) }, (_, n) =>
        makeHistory(SEED + start + n, LENGTH, on),
      )
      const foretold = histories.map((history) => foretell(replay.stage, history))
      const failed = histories[await firstDifference(replay, foretold)]
      if (failed) expect.fail(await shortest(replay, failed))
      for (const { refusal } of foretold.flat()) met.add(refusal)
    }
    // Histories that are all refused, or never, would prove little.
    if (COUNT >= 10_000) expect(refusals.filter((refusal) => !met.has(refusal))).toEqual([])
  },
  TIMEOUT,
)

/** Which history goes on the chain as was not foretold; -1 when none does. */
async function firstDifference(replay: Replay, foretold: readonly Foretold[][]): Promise<number> {
  const answers = await replay.play(foretold.map((all) => all.map(({ step }) => step)))
  return foretold.findIndex((all, n) => difference(all, answers[n] ?? []))
}

/** Leaves out attempts as long as the two sides differ, and tells what remains. */
async function shortest(replay: Replay, history: History): Promise<string> {
  const { attempts } = history
  const shorter = cuts(attempts.length).map(([start, count]) => {
    return { ...history, attempts: attempts.toSpliced(start, count) }
  })
  const foretold = shorter.map((each) => foretell(replay.stage, each))
  const next = shorter[await firstDifference(replay, foretold)]
  return next ? shortest(replay, next) : tell(replay, history)
}

/** What to leave out, from the larger to the smaller: halves of it, quarters and so on. */
function cuts(length: number): (readonly [start: number, count: number])[] {
  const sizes: number[] = []
  for (let size = length >> 1; size > 0; size >>= 1) sizes.push(size)
  return sizes.flatMap((size) =>
    Array.from({ length: Math.ceil(length / size) }, (_, n) => [n * size, size] as const),
  )
}

async function tell(replay: Replay, history: History): Promise<string> {
  const foretold = foretell(replay.stage, history)
  const [answers = []] = await replay.play([foretold.map(({ step }) => step)])
  const lines = foretold
    .filter(({ isAttempt }) => isAttempt)
    .map(({ what, refusal = 'done' }) => `${what}: ${refusal}`)
  return [`seed ${SEED}`, ...lines, difference(foretold, answers)].join('\n')
}
