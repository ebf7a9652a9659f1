import { run, task } from '@traboule/sdk'
import { openTestNetwork } from '@traboule/sdk/testing'
import { expect, test } from 'vitest'
import { standings, verdictOf } from './verdict.ts'

async function voted(
  trust: bigint,
  prepare: (net: Awaited<ReturnType<typeof openTestNetwork>>) => void,
) {
  const net = await openTestNetwork({ programs: { hello: () => 'hello' }, workers: 6 })
  prepare(net)
  const network = net.as('alice')
  const { results } = await run(network, { app: net.app('hello'), trust })
  return task.show(network, results[0]?.taskId ?? '0x')
}

test('tells who agreed and who did not, once the task is paid', async () => {
  const known = await voted(5n, (net) => net.lie('worker1'))
  const verdicts = known.contributions.map((vote) => verdictOf(known, vote))
  expect(new Set(verdicts)).toEqual(new Set(['agreed', 'disagrees']))
  expect(verdicts.filter((verdict) => verdict === 'disagrees')).toHaveLength(1)
})

test('the agreed result stands first, above what the trust asks for', async () => {
  const known = await voted(5n, (net) => net.lie('worker1'))
  const [first, second] = standings(known.contributions)
  expect(first?.resultHash).toBe(known.consensusValue)
  expect((first?.weight ?? 0n) * 5n).toBeGreaterThan((first?.total ?? 0n) * 4n)
  expect(second?.votes).toBe(1)
})

test('votes wait while nothing is agreed on, and are refunded with their task', async () => {
  const known = await voted(1n, () => undefined)
  const [vote] = known.contributions
  if (!vote) throw new Error('nobody voted')
  const open = { ...known, status: 'active', consensusValue: `0x${'0'.repeat(64)}` } as const
  expect(verdictOf(open, { ...vote, status: 'contributed' })).toBe('waiting')
  expect(verdictOf({ ...known, status: 'failed' }, vote)).toBe('refunded')
  const silent = { ...vote, status: 'contributed' } as const
  expect(verdictOf(known, silent)).toBe('silent')
  expect(verdictOf({ ...known, status: 'revealing' }, silent)).toBe('agrees')
})
