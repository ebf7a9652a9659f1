/**
 * Bugs: plants each mistake of `test/invariant/bugs.ts` in a copy of the contracts, and says which
 * invariant notices it; and each design of `test/security/designs.ts`, whose attack's test must notice.
 * One that goes unnoticed is a failure: what cannot fail proves nothing.
 *
 * A minute each; `npm run bugs -w contracts -- kitty score` plants those that these words name.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Bug, bugs } from '../test/invariant/bugs.ts'
import { type Design, designs } from '../test/security/designs.ts'
import { allPassed, copyTo, forgeBinary } from './copy.ts'

const LEFT_OUT = ['unit', 'histories', 'differential']
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

/** The invariants of one mode, or the attack's test. */
function testsFor(planted: Bug | Design): readonly string[] {
  if ('test' in planted) return ['--match-test', `^${planted.test}\\(`]
  const mode = planted.native ? 'NativeInvariants' : 'TokenInvariants'
  return ['--match-path', 'test/invariant/Market.t.sol', '--match-contract', mode]
}

/** What these tests say of the copy: nothing when they pass. */
function judge(copy: string, tests: readonly string[]): string {
  const output = forge(copy, ['test', ...tests])
  if (allPassed(output)) return ''
  return /\[FAIL: (.*)/.exec(output)?.[1] ?? output.slice(-500)
}

function plant(copy: string, { file, was, is }: Bug | Design): void {
  const path = join(copy, 'src', file)
  const source = readFileSync(path, 'utf8')
  const changed = source.replaceAll(was, () => is)
  if (changed === source) throw new Error(`${file} has no ${was}`)
  writeFileSync(path, changed)
}

const words = process.argv.slice(2)
const chosen = [...bugs, ...designs].filter(({ bug }) => words.every((word) => bug.includes(word)))
const folder = mkdtempSync(join(tmpdir(), 'traboule-bugs-'))
const copy = join(folder, 'contracts')
const sound = join(folder, 'sound')
try {
  copyTo(copy, LEFT_OUT)
  const said = judge(copy, ['--no-match-contract', 'NativeInvariants'])
  if (said !== '') throw new Error(`The contracts have a bug already: ${said}`)
  for (const part of CHANGED) cpSync(join(copy, part), join(sound, part), { recursive: true })
  console.log('| planted in `src` | file | noticed as |\n|---|---|---|')
  for (const each of chosen) report(each)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function report(planted: Bug | Design): void {
  plant(copy, planted)
  const said = judge(copy, testsFor(planted))
  const noticed = noticedBy(planted, said)
  const row = [planted.bug, `\`${planted.file}\``, noticed ?? `**not as expected**: ${said}`]
  console.log(`| ${row.join(' | ')} |`)
  if (!noticed) process.exitCode = 1
  // With what was compiled: else all that the bug reached would be compiled again.
  for (const part of CHANGED) {
    rmSync(join(copy, part), { recursive: true })
    cpSync(join(sound, part), join(copy, part), { recursive: true })
  }
}

/** What was meant to notice it, if it did. A design must compile: only then did its test fail. */
function noticedBy(planted: Bug | Design, said: string): string | undefined {
  if ('noticed' in planted) return planted.noticed.find((sentence) => said.includes(sentence))
  return said.includes(planted.test) ? planted.test : undefined
}
