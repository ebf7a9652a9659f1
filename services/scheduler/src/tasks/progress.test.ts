import { anAddress, someBytes32 } from '@traboule/protocol/testing'
import { expect, test } from 'vitest'
import { conflicting, type Event, proofs, sum, untouched, winners } from './progress.ts'

const [ann, bob, cid] = [anAddress(1), anAddress(2), anAddress(3)]
const [right, wrong, digest] = [someBytes32(1), someBytes32(2), someBytes32(3)]
const began: Event = { kind: 'initialized', at: 1n }
const vote = (worker: Event['worker'], value: Event['value']): Event => {
  return { kind: 'contributed', worker: worker ?? null, value: value ?? null, at: 2n }
}
const agreed: Event = { kind: 'agreed', value: right, at: 5n }

test('a task without events is untouched', () => {
  expect(sum([])).toEqual(untouched)
})

test('counts votes in order and knows who agreed and who did not', () => {
  const progress = sum([began, vote(ann, right), vote(bob, wrong), vote(cid, right), agreed])
  expect(progress.status).toBe('revealing')
  expect(winners(progress)).toEqual([ann, cid])
  expect(conflicting(progress)).toEqual([bob])
  expect(progress.agreed).toEqual({ resultHash: right, at: 5n })
})

test('nobody conflicts while nothing is agreed', () => {
  expect(conflicting(sum([began, vote(ann, right), vote(bob, wrong)]))).toEqual([])
})

test('a reopening throws out those who agreed and keeps the others', () => {
  const votes = [vote(ann, right), vote(bob, wrong), vote(cid, right)]
  const progress = sum([began, ...votes, agreed, { kind: 'reopened', at: 9n }])
  expect(progress.status).toBe('active')
  expect(progress.votes).toEqual([{ worker: bob, resultHash: wrong }])
  expect(progress.rejected).toEqual([ann, cid])
  expect(progress.agreed).toBeUndefined()
  expect(conflicting(progress)).toEqual([])
})

test('a reopening leaves the vote of a worker that did reveal', () => {
  const reveal: Event = { kind: 'revealed', worker: ann, value: digest, at: 6n }
  const votes = [vote(ann, right), vote(cid, right)]
  const progress = sum([began, ...votes, agreed, reveal, { kind: 'reopened', at: 9n }])
  expect(progress.votes).toEqual([{ worker: ann, resultHash: right }])
  expect(progress.rejected).toEqual([cid])
})

test('a contest opens what was agreed on and throws out nobody', () => {
  const reveal: Event = { kind: 'revealed', worker: ann, value: digest, at: 6n }
  const contested: Event = { kind: 'contested', worker: bob, at: 9n }
  const votes = [vote(ann, right), vote(cid, right)]
  const progress = sum([began, ...votes, agreed, reveal, contested, { kind: 'reopened', at: 9n }])
  expect(progress).toMatchObject({ status: 'active', rejected: [], agreed: undefined })
  expect(progress.votes).toHaveLength(2)
  expect(progress.contest).toEqual({ resultHash: right, at: 9n })
  expect(sum([began, contested]).contest).toBeUndefined()
})

test('a proof given before a reopening counts when the same result is agreed on again', () => {
  const reveal: Event = { kind: 'revealed', worker: ann, value: digest, at: 6n }
  const first = [began, vote(ann, right), vote(cid, right), agreed, reveal]
  const reopened: Event = { kind: 'reopened', at: 9n }
  expect(proofs(sum([...first, reopened]))).toEqual([])
  const again = sum([...first, reopened, vote(bob, right), agreed])
  expect(winners(again)).toEqual([ann, bob])
  expect(proofs(again)).toEqual([{ worker: ann, digest }])
  const other = sum([...first, reopened, vote(bob, wrong), { ...agreed, value: wrong }])
  expect(proofs(other)).toEqual([])
})

test('forgetting the last events gives the state before them', () => {
  const before = [began, vote(ann, right)]
  const after = [...before, vote(bob, right), agreed]
  expect(sum(after.slice(0, before.length))).toEqual(sum(before))
})

test('a task settled by its only worker is completed', () => {
  const reveal: Event = { kind: 'revealed', worker: ann, value: digest, at: 2n }
  const all = [began, vote(ann, right), agreed, reveal, { kind: 'finalized', at: 2n } as const]
  expect(sum(all)).toMatchObject({ status: 'completed', proofs: [{ worker: ann, digest }] })
})
