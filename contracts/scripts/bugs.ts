/**
 * Bugs: plants each mistake of `test/invariant/bugs.ts` in a copy of the contracts, and says which
 * invariant notices it. One that none notices is a failure: a property that cannot fail proves nothing.
 *
 * A minute each; `npm run bugs -w contracts -- kitty score` plants those that these words name.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Bug, bugs } from '../test/invariant/bugs.ts'
import { copyTo, forgeBinary } from './copy.ts'

const LEFT_OUT = ['unit', 'security', 'histories', 'differential']
const CHANGED = ['src', 'out', 'cache']
/** Enough to meet every bug, with dice that always fall alike. */
const RUNS = {
  FOUNDRY_INVARIANT_RUNS: '128',
  FOUNDRY_INVARIANT_DEPTH: '100',
  FOUNDRY_FUZZ_SEED: '1',
}

function forge(cwd: string, args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(forgeBinary, args, {
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
const sound = join(folder, 'sound')
try {
  copyTo(copy, LEFT_OUT)
  const said = judge(copy, {})
  if (said !== '') throw new Error(`The contracts have a bug already: ${said}`)
  for (const part of CHANGED) cpSync(join(copy, part), join(sound, part), { recursive: true })
  console.log('| planted in `src` | file | noticed as |\n|---|---|---|')
  for (const each of chosen) report(each)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function report(planted: Bug): void {
  plant(copy, planted)
  const said = judge(copy, planted)
  const noticed = planted.noticed.find((sentence) => said.includes(sentence))
  const row = [planted.bug, `\`${planted.file}\``, noticed ?? `**not as expected**: ${said}`]
  console.log(`| ${row.join(' | ')} |`)
  if (!noticed) process.exitCode = 1
  // With what was compiled: else all that the bug reached would be compiled again.
  for (const part of CHANGED) {
    rmSync(join(copy, part), { recursive: true })
    cpSync(join(sound, part), join(copy, part), { recursive: true })
  }
}
