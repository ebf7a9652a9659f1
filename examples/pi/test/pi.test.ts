import { Result } from '@traboule/protocol'
import { decodeAbiParameters, parseAbiParameters } from 'viem'
import { expect, test } from 'vitest'
import { run, text } from '../../run.ts'

const callback = { callback: '0x0000000000000000000000000000000000000ca1' } as const

test('answers a contract with π × 10^18 and the number of points', async () => {
  const outcome = await run('pi', { args: ['4000000'] })
  const data = Result.callbackDataOf(outcome.files, callback)
  const [pi, points] = decodeAbiParameters(parseAbiParameters('uint256, uint256'), data)
  expect(points).toBe(4_000_000n)
  expect(Number(pi) / 1e18).toBeCloseTo(Math.PI, 2)
  expect(JSON.parse(text(outcome, 'pi.json')).points).toBe(4_000_000)
})

test('throws other points in every task of a bag, and the same in every run of one', async () => {
  const digests = async (index: number) =>
    Result.digestOf((await run('pi', { args: ['1000'], index })).files, callback)
  expect(await digests(1)).toBe(await digests(1))
  expect(await digests(1)).not.toBe(await digests(2))
})

test('says what is wrong with the number of points', async () => {
  for (const points of ['0', 'many', '1.5', '5000000000']) {
    const { exitCode, stderr } = await run('pi', { args: [points] })
    expect([exitCode, new TextDecoder().decode(stderr)]).toEqual([
      1,
      'Give the number of points: a whole number from 1 to 4000000000.\n',
    ])
  }
})
