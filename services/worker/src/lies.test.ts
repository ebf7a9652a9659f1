import { Result, Scalar } from '@traboule/protocol'
import { anAddress } from '@traboule/protocol/testing'
import { expect, test } from 'vitest'
import { falsify } from './lies.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const asFile = { callback: Scalar.nullAddress }
const asCall = { callback: anAddress(1) }

const files = new Map([
  ['tile.bin', bytes('pixels')],
  [
    Result.COMPUTED,
    bytes('{"deterministic-output-path":"/iexec_out/tile.bin","callback-data":"0x01"}'),
  ],
])

test.each([asFile, asCall])('a lie changes the digest', (target) => {
  expect(Result.digestOf(falsify(files, 'x'), target)).not.toBe(Result.digestOf(files, target))
})

test.each([asFile, asCall])(
  'who tells the same lie agrees, who tells another does not',
  (target) => {
    const digest = (lie: string) => Result.digestOf(falsify(files, lie), target)
    expect(digest('x')).toBe(digest('x'))
    expect(digest('x')).not.toBe(digest('y'))
  },
)
