/**
 * Copy: the contracts in a folder of their own, to be measured or broken.
 *
 * What they import is inside its root, where forge looks for it, and all is compiled one way with
 * hardly any optimising: soon, and with code that still leads back to its lines.
 */
import { cpSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const contracts = join(import.meta.dirname, '..')
const modules = join(contracts, '..', 'node_modules')

export const forgeBinary = join(modules, '.bin', 'forge')

/** Whether forge ran tests, and all of them passed: `forge coverage` ends well when some did not. */
export function allPassed(output: string): boolean {
  return /[1-9]\d* tests passed, 0 failed/.test(stripVTControlCharacters(output))
}

/** As much as code needs that would have too many variables for the stack. */
const HARDLY = `optimizer = false
optimizer_details = { yul = true, yulDetails = { stackAllocation = true, optimizerSteps = "" } }
`

/** Copies everything but the folders of tests that are left out. */
export function copyTo(folder: string, leftOut: readonly string[]): void {
  const unwanted = leftOut.map((name) => join(contracts, 'test', name))
  for (const part of ['src', 'test', 'solc.mjs'])
    cpSync(join(contracts, part), join(folder, part), {
      recursive: true,
      filter: (path) => !unwanted.includes(path),
    })
  const libraries = join('@openzeppelin', 'contracts')
  const inside = join(folder, 'node_modules')
  cpSync(realpathSync(join(modules, libraries)), join(inside, libraries), { recursive: true })
  symlinkSync(join(modules, 'solc'), join(inside, 'solc'))
  const settings = readFileSync(join(contracts, 'foundry.toml'), 'utf8')
    .replaceAll('../node_modules', 'node_modules')
    .replace(/^optimizer = .*\n/m, HARDLY)
    .replace(/^optimizer_runs = .*\n/m, '')
    .replace(/^additional_compiler_profiles = .*\n/m, '')
    .replace(/^compilation_restrictions = \[[^\]]*\]\n/m, '')
  writeFileSync(join(folder, 'foundry.toml'), settings)
}
