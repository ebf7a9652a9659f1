/**
 * Bugs: plants each mistake of `test/invariant/bugs.ts` in a copy of the contracts, and says which
 * invariant notices it. One that none notices is a failure: a property that cannot fail proves nothing.
 *
 * A minute each; `npm run bugs -w contracts -- kitty score` plants those that these words name.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Bug, bugs } from '../test/invariant/bugs.ts'

const root = join(import.meta.dirname, '..', '..')
const original = join(root, 'contracts')
const BUILT = ['out', 'cache']
/** Enough to meet every bug, with dice that always fall alike. */
const RUNS = {
  FOUNDRY_INVARIANT_RUNS: '256',
  FOUNDRY_INVARIANT_DEPTH: '100',
  FOUNDRY_FUZZ_SEED: '1',
}

function forge(cwd: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(join(root, 'node_modules', '.bin', 'forge'), args, {
    cwd,
    encoding: 'utf8',
    // A shorter history of the same failure is not worth its time.
    env: { ...process.env, ...RUNS, FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0' },
  })
  return stripVTControlCharacters(stdout + stderr)
}

/** What the invariants say of the copy: nothing when they hold. */
function judge(copy: string, { native = false }: Pick<Bug, 'native'>): string {
  const mode = native ? 'NativeInvariants' : 'TokenInvariants'
  const where = ['--match-path', 'test/invariant/Market.t.sol', '--match-contract', mode]
  const output = forge(copy, ['test', ...where])
  if (/[1-9]\d* tests passed, 0 failed/.test(output)) return ''
  return /\[FAIL: (.*)/.exec(output)?.[1] ?? output.slice(-500)
}

function plant(copy: string, { file, was, is }: Bug): void {
  const path = join(copy, 'src', file)
  const source = readFileSync(path, 'utf8')
  const changed = source.replaceAll(was, () => is)
  if (changed === source) throw new Error(`${file} has no ${was}`)
  writeFileSync(path, changed)
}

const words = process.argv.slice(2)
const chosen = bugs.filter(({ bug }) => words.every((word) => bug.includes(word)))
const folder = mkdtempSync(join(tmpdir(), 'traboule-bugs-'))
const copy = join(folder, 'contracts')
const built = join(folder, 'built')
try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  cpSync(original, copy, { recursive: true })
  const sound = judge(copy, {})
  if (sound !== '') throw new Error(`The contracts have a bug already: ${sound}`)
  for (const each of BUILT) cpSync(join(copy, each), join(built, each), { recursive: true })
  console.log('| planted in `src` | file | noticed as |\n|---|---|---|')
  for (const each of chosen) {
    plant(copy, each)
    const said = judge(copy, each)
    const noticed = each.noticed.find((sentence) => said.includes(sentence))
    console.log(`| ${each.bug} | \`${each.file}\` | ${noticed ?? `**not as expected**: ${said}`} |`)
    if (!noticed) process.exitCode = 1
    cpSync(join(original, 'src'), join(copy, 'src'), { recursive: true })
    // Compiled again would be all that the bug reached.
    for (const part of BUILT) {
      rmSync(join(copy, part), { recursive: true })
      cpSync(join(built, part), join(copy, part), { recursive: true })
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
