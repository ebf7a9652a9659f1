import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import { describe, expect, test } from 'vitest'
import { begin, gains, type HubEvent, tell } from './story.ts'

const taskid = someBytes32(1)
const [honest, liar, silent] = [anAddress(1), anAddress(2), anAddress(3)]
const [right, wrong] = [someBytes32(0xa), someBytes32(0xb)]
const event = (eventName: string, args: object = {}): HubEvent => ({
  eventName,
  args: { taskid, ...args },
})
const start = begin([{ taskId: taskid, index: 0n }])

const votes = [
  event('TaskInitialize'),
  event('TaskContribute', { worker: honest, hash: right }),
  event('TaskContribute', { worker: liar, hash: wrong }),
  event('TaskContribute', { worker: silent, hash: right }),
  event('TaskConsensus', { consensus: right }),
]

describe('a story', () => {
  test('tells a liar from one that never opened its seal', () => {
    const settled = [
      event('AccurateContribution', { worker: honest }),
      event('FaultyContribution', { worker: liar }),
      event('FaultyContribution', { worker: silent }),
      event('TaskFinalize'),
    ]
    const [story] = tell(start, [...votes, ...settled])
    expect(story?.stage).toBe('paid')
    expect(story?.votes.map((vote) => vote.verdict)).toEqual(['agreed', 'lied', 'silent'])
  })

  test('goes back to computing when the task is reopened', () => {
    const [story] = tell(start, [...votes, event('TaskReopen')])
    expect(story).toMatchObject({ stage: 'computing', consensus: undefined, reopened: 1 })
  })

  test('leaves other tasks alone', () => {
    const [story] = tell(start, [event('TaskInitialize', { taskid: someBytes32(9) })])
    expect(story).toEqual(start[0])
  })
})

test('gains add what was given and subtract what was taken', () => {
  const sums = gains([
    event('Reward', { owner: honest, amount: 5n }),
    event('Seize', { owner: liar, amount: 3n }),
    event('Reward', { owner: honest, amount: 2n }),
    event('Lock', { owner: liar, amount: 100n }),
  ])
  expect([...sums]).toEqual([
    [honest, 7n],
    [liar, -3n],
  ])
})
