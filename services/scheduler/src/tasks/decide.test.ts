import { Course, Tag } from '@traboule/protocol'
import { zeroHash } from 'viem'
import { describe, expect, test } from 'vitest'
import { deadlines, decide, type Situation } from './decide.ts'
import { type Progress, untouched } from './progress.ts'

const term = { tag: zeroHash, startTime: 1_000n, timeRef: 300n }
const begun: Progress = { ...untouched, status: 'active', begunAt: 1_050n }

const active: Situation = {
  status: 'active',
  ours: true,
  revealed: 0,
  winners: 0,
  uploaded: false,
  deadline: { contribution: 70n, reveal: 0n, contest: 0n, final: 100n },
}
const revealing: Situation = {
  ...active,
  status: 'revealing',
  winners: 2,
  deadline: { contribution: 70n, reveal: 50n, contest: 0n, final: 100n },
}

describe('before there is agreement', () => {
  test('initializes a task as soon as its deal is known', () => {
    expect(decide({ ...active, status: 'unset' }, 1n)).toEqual({ do: 'initialize' })
  })
  test('does not pay for initializing a task to which nobody could contribute', () => {
    expect(decide({ ...active, status: 'unset' }, 70n)).toEqual({ do: 'wait', until: 100n })
  })
  test('recruits until the last moment of contributions', () => {
    expect(decide(active, 69n)).toEqual({ do: 'recruit' })
  })
  test('waits for the end once nobody can contribute any more', () => {
    expect(decide(active, 70n)).toEqual({ do: 'wait', until: 100n })
  })
})

describe('while workers reveal', () => {
  test('waits for the reveal deadline as long as nobody revealed', () => {
    expect(decide(revealing, 49n)).toEqual({ do: 'wait', until: 50n })
  })
  test('reopens the task when the deadline passes and nobody revealed', () => {
    expect(decide(revealing, 50n)).toEqual({ do: 'reopen' })
  })
  test('does not reopen a task to which nobody could contribute', () => {
    expect(decide(revealing, 70n)).toEqual({ do: 'wait', until: 100n })
  })
  test('recruits again when somebody reopened the task', () => {
    expect(decide({ ...revealing, status: 'active' }, 51n)).toEqual({ do: 'recruit' })
  })
  test('looks for the upload from the first reveal on', () => {
    expect(decide({ ...revealing, revealed: 1 }, 40n)).toEqual({ do: 'awaitUpload' })
  })
  test('never finalizes before the result is uploaded', () => {
    expect(decide({ ...revealing, revealed: 2 }, 60n)).toEqual({ do: 'awaitUpload' })
  })
  test('gives silent winners until the reveal deadline', () => {
    const half = { ...revealing, revealed: 1, uploaded: true }
    expect(decide(half, 49n)).toEqual({ do: 'wait', until: 50n })
    expect(decide(half, 50n)).toEqual({ do: 'finalize' })
  })
  test('finalizes at once when everybody revealed', () => {
    expect(decide({ ...revealing, revealed: 2, uploaded: true }, 30n)).toEqual({ do: 'finalize' })
  })
  test('leaves time to contest the result where the deal asks for it', () => {
    const deadline = { ...revealing.deadline, contest: 80n }
    const done = { ...revealing, revealed: 2, uploaded: true, deadline }
    expect(decide(done, 30n)).toEqual({ do: 'wait', until: 80n })
    expect(decide(done, 80n)).toEqual({ do: 'finalize' })
  })
})

describe('when time is up', () => {
  test('claims what is not finished', () => {
    expect(decide(active, 100n)).toEqual({ do: 'claim' })
    expect(decide({ ...revealing, revealed: 2, uploaded: true }, 100n)).toEqual({ do: 'claim' })
  })
  test('refunds even a task that nobody initialized', () => {
    expect(decide({ ...active, status: 'unset' }, 100n)).toEqual({ do: 'initializeAndClaim' })
  })
  test('rests when the task is over', () => {
    expect(decide({ ...active, status: 'completed' }, 999n)).toEqual({ do: 'rest' })
    expect(decide({ ...active, status: 'failed' }, 999n)).toEqual({ do: 'rest' })
  })
})

test('leaves a deal of the pool’s former owner alone until its refund', () => {
  const foreign = { ...revealing, ours: false, revealed: 2, uploaded: true }
  expect(decide(foreign, 30n)).toEqual({ do: 'wait', until: 100n })
  expect(decide(foreign, 100n)).toEqual({ do: 'claim' })
})

test('counts deadlines from the match, and the reveal’s from the agreement', () => {
  const agreed = { resultHash: '0x01', at: 1_100n } as const
  expect(deadlines(term, { ...begun, agreed })).toEqual({
    contribution: 3_100n,
    reveal: 1_700n,
    contest: 0n,
    final: 4_000n,
  })
})

test('gives each task its own clock where the deal lives longer', () => {
  const living = { ...term, tag: Course.withLife(zeroHash, 2) }
  const late = { ...begun, begunAt: 5_000n }
  expect(deadlines(living, late)).toMatchObject({ contribution: 7_100n, final: 8_000n })
  expect(deadlines(living, untouched)).toMatchObject({ contribution: 9_100n, final: 10_000n })
})

test('leaves time to contest, and starts the clock anew when somebody did', () => {
  const doubtful = { ...term, tag: Tag.encode(['contestable']) }
  const agreed = { resultHash: '0x01', at: 1_100n } as const
  expect(deadlines(doubtful, { ...begun, agreed })).toMatchObject({
    contest: 2_300n,
    final: 4_600n,
  })
  const contest = { resultHash: '0x01', at: 2_000n } as const
  expect(deadlines(doubtful, { ...begun, contest })).toMatchObject({
    contribution: 4_100n,
    contest: 0n,
    final: 5_000n,
  })
})
