/**
 * Coverage: how much of `src` the tests of forge run, and whether that is enough.
 *
 * `--report <file>` keeps the report in LCOV, `--read <file>` judges one that was kept.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allPassed, copyTo, forgeBinary } from './copy.ts'

type Share = Readonly<{ hit: number; found: number }>
type Covered = Readonly<{ file: string; lines: Share; branches: Share }>

const contracts = join(import.meta.dirname, '..')
const LEAST_LINES = 97
const LEAST_BRANCHES = 92
/** They add time and no line; those that compare with TypeScript are not run by forge alone. */
const LEFT_OUT = ['invariant', 'histories', 'differential']

/** Sends just enough gas for the contracts as they are deployed. */
const NEEDS_OPTIMISING = 'test_PushResultBoost_WantsGasForTheCallback'

const percent = ({ hit, found }: Share) => (found === 0 ? 100 : (100 * hit) / found)
const total = (shares: readonly Share[]): Share => ({
  hit: shares.reduce((sum, { hit }) => sum + hit, 0),
  found: shares.reduce((sum, { found }) => sum + found, 0),
})

/** The records of an LCOV report, one for each file of `src`. */
const parse = (report: string): readonly Covered[] =>
  report
    .split('end_of_record')
    .map(judge)
    .filter(({ file }) => file.startsWith('src/'))

/**
 * What the compiler hides is left out: it says of an assembly block where it begins, not which of its
 * lines ran; and it makes some `require`s in a place of their own, so that a line ran of which
 * neither branch was seen.
 */
function judge(record: string): Covered {
  const rows = (key: string) =>
    [...record.matchAll(new RegExp(`^${key}:(.*)$`, 'gm'))].map(([, row = '']) => row.split(','))
  const file = rows('SF')[0]?.[0] ?? ''
  const hidden = file.startsWith('src/') ? assemblyOf(file) : new Set<number>()
  const lines = new Map(
    rows('DA')
      .map(([line, times]) => [Number(line), Number(times)] as const)
      .filter(([line]) => !hidden.has(line)),
  )
  const branches = rows('BRDA').map(([line, , , times]) => ({
    line: Number(line),
    taken: Number(times) > 0,
  }))
  const seen = branches.filter(({ line }) => {
    const beside = branches.filter((each) => each.line === line)
    const isHidden = beside.length > 1 && (lines.get(line) ?? 0) > 0
    return !hidden.has(line) && !(isHidden && beside.every(({ taken }) => !taken))
  })
  return {
    file,
    lines: { hit: [...lines.values()].filter((times) => times > 0).length, found: lines.size },
    branches: { hit: seen.filter(({ taken }) => taken).length, found: seen.length },
  }
}

/** The lines inside the assembly blocks of a file. */
function assemblyOf(file: string): ReadonlySet<number> {
  const inside = new Set<number>()
  let depth = 0
  for (const [index, line] of readFileSync(join(contracts, file), 'utf8').split('\n').entries()) {
    if (depth === 0 && !/\bassembly\b.*\{/.test(line)) continue
    inside.add(index + 1)
    depth += line.split('{').length - line.split('}').length
  }
  return inside
}

/** The report of forge. */
function measure(): string {
  const folder = mkdtempSync(join(tmpdir(), 'traboule-coverage-'))
  const report = join(folder, 'lcov.info')
  try {
    copyTo(folder, LEFT_OUT)
    const args = ['coverage', '--ir-minimum', '--exclude-tests', '--report', 'lcov']
    const without = ['--no-match-test', NEEDS_OPTIMISING]
    const { stdout } = spawnSync(forgeBinary, [...args, ...without, '--report-file', report], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: Number.POSITIVE_INFINITY,
    })
    process.stdout.write(stdout)
    if (!allPassed(stdout)) throw new Error('Not all tests passed: nothing was measured.')
    return readFileSync(report, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function show({ file, lines, branches }: Covered): void {
  const cell = (share: Share) =>
    `${percent(share).toFixed(1).padStart(6)} %  ${`${share.hit}/${share.found}`.padStart(9)}`
  console.log(`${file.padEnd(40)} ${cell(lines)} ${cell(branches)}`)
}

const [option, path] = process.argv.slice(2)
const report = option === '--read' && path ? readFileSync(path, 'utf8') : measure()
if (option === '--report' && path) writeFileSync(path, report)
const files = parse(report)
const all: Covered = {
  file: 'all',
  lines: total(files.map(({ lines }) => lines)),
  branches: total(files.map(({ branches }) => branches)),
}
console.log(`${'file'.padEnd(40)} ${'lines'.padStart(18)} ${'branches'.padStart(19)}`)
for (const file of [...files, all]) show(file)
if (percent(all.lines) < LEAST_LINES || percent(all.branches) < LEAST_BRANCHES) {
  console.error(`Too little: ${LEAST_LINES} % of lines and ${LEAST_BRANCHES} % of branches.`)
  process.exitCode = 1
}
