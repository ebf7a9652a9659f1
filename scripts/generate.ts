/**
 * Generate: what is derived from the contracts and committed, so that nobody has to compile them
 * to use them. `npm run generate` writes it; a test tells when it is no longer true.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { abiFiles } from './generate/abi.ts'
import { figureFiles } from './generate/figure.ts'
import { referenceFiles } from './generate/reference.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

for (const { path, text } of [
  ...(await abiFiles()),
  ...(await referenceFiles()),
  ...figureFiles(),
]) {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(path)
}
