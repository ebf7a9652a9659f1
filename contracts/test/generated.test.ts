import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { abiFiles } from '../../scripts/generate/abi.ts'
import { figureFiles } from '../../scripts/generate/figure.ts'
import { referenceFiles } from '../../scripts/generate/reference.ts'

test('ABI, reference and figure are up to date: otherwise run `npm run generate`', async () => {
  for (const { path, text } of [
    ...(await abiFiles()),
    ...(await referenceFiles()),
    ...figureFiles(),
  ]) {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), path).toBe(text)
  }
})
