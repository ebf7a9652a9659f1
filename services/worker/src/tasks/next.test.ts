import type { Contribution, Task } from '@traboule/protocol'
import { someBytes32 } from '@traboule/protocol/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Facts, next, type Progress } from './next.ts'

const ours = someBytes32(1)
const theirs = someBytes32(2)
const nothing: Progress = { digest: undefined, uploaded: false }
const computed: Progress = { digest: someBytes32(7), uploaded: false }

function facts(task: Partial<Task.Task>, mine: Contribution.Status = 'unset', now = 10n): Facts {
  return {
    task: {
      taskId: someBytes32(0xa),
      status: 'active',
      dealId: someBytes32(0xd),
      index: 0n,
      timeRef: 10n,
      contributionDeadline: 70n,
      revealDeadline: 30n,
      finalDeadline: 100n,
      consensusValue: ours,
      revealCounter: 0n,
      winnerCounter: 0n,
      contributors: [],
      resultDigest: someBytes32(0),
      results: '0x',
      resultsCallback: '0x',
      ...task,
    },
    mine: { status: mine, resultHash: ours },
    now,
  }
}

describe('while the task is active', () => {
  test('computes first', () => {
    expect(next(nothing, facts({}))).toBe('compute')
  })

  test('contributes what it computed', () => {
    expect(next(computed, facts({}))).toBe('contribute')
  })

  test('waits once it has contributed, also after the task was reopened', () => {
    expect(next(computed, facts({}, 'contributed'))).toBe('wait')
  })

  test('is through when contributions are closed', () => {
    expect(next(computed, facts({}, 'unset', 70n))).toBe('over')
    expect(next(nothing, facts({}, 'unset', 70n))).toBe('over')
  })
})

describe('while the task is revealing', () => {
  const status = 'revealing'

  test('reveals a winning vote', () => {
    expect(next(computed, facts({ status }, 'contributed'))).toBe('reveal')
  })

  test('does not open a losing vote', () => {
    expect(next(computed, facts({ status, consensusValue: theirs }, 'contributed'))).toBe('wait')
  })

  test('does not reveal when it is too late', () => {
    expect(next(computed, facts({ status }, 'contributed', 30n))).toBe('wait')
  })

  test('uploads once the reveal counts, and only once', () => {
    expect(next(computed, facts({ status }, 'proved'))).toBe('upload')
    expect(next({ ...computed, uploaded: true }, facts({ status }, 'proved'))).toBe('wait')
  })

  test('is through when the others sufficed', () => {
    expect(next(computed, facts({ status }))).toBe('over')
    expect(next(nothing, facts({ status }))).toBe('over')
  })
})

test('is through when its vote was rejected', () => {
  expect(next(computed, facts({}, 'rejected'))).toBe('over')
})

test.each(['completed', 'failed', 'unset'] as const)('is through when the task is %s', (status) => {
  expect(next(computed, facts({ status }, 'proved'))).toBe('over')
})

test('is through after the final deadline, since nothing but a refund can come', () => {
  expect(next(computed, facts({}, 'contributed', 100n))).toBe('over')
})

test('property: what the contract would refuse is never due', () => {
  const task = fc.record({
    status: fc.constantFrom('unset', 'active', 'revealing', 'completed', 'failed'),
    consensusValue: fc.constantFrom(ours, theirs),
  })
  const mine = fc.constantFrom('unset', 'contributed', 'proved', 'rejected')
  const progress = fc.record({ digest: fc.constantFrom(undefined, ours), uploaded: fc.boolean() })
  fc.assert(
    fc.property(progress, task, mine, fc.bigInt(0n, 120n), (has, state, status, now) => {
      const step = next(has, facts(state, status, now))
      const allowed: Record<typeof step, boolean> = {
        compute: state.status === 'active' && status === 'unset' && now < 70n,
        contribute: state.status === 'active' && status === 'unset' && now < 70n,
        reveal:
          state.status === 'revealing' &&
          status === 'contributed' &&
          now < 30n &&
          state.consensusValue === ours,
        upload: state.status === 'revealing' && status === 'proved',
        wait: true,
        over: true,
      }
      expect(allowed[step]).toBe(true)
      if (step === 'contribute' || step === 'reveal' || step === 'upload')
        expect(has.digest).toBeDefined()
    }),
  )
})
