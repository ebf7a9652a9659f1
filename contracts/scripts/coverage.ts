/**
 * Coverage: how much of `src` the tests of forge run, and whether that is enough.
 *
 * Code is compiled almost without optimising, in folders of its own: minutes. Invariants and
 * histories are left out, since they add time and no line.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Share = Readonly<{ hit: number; found: number }>
type Covered = Readonly<{ file: string; lines: Share; branches: Share }>

const root = join(import.meta.dirname, '..', '..')
const LEAST_LINES = 97
const LEAST_BRANCHES = 92

const percent = ({ hit, found }: Share) => (found === 0 ? 100 : (100 * hit) / found)
const total = (shares: readonly Share[]): Share => ({
  hit: shares.reduce((sum, { hit }) => sum + hit, 0),
  found: shares.reduce((sum, { found }) => sum + found, 0),
})

/** The records of an LCOV report, one for each file. */
function parse(report: string): readonly Covered[] {
  return report
    .split('end_of_record')
    .map((record) => {
      const value = (key: string) => new RegExp(`^${key}:(.*)$`, 'm').exec(record)?.[1] ?? ''
      const share = (hit: string, found: string) => ({
        hit: Number(value(hit)),
        found: Number(value(found)),
      })
      return { file: value('SF'), lines: share('LH', 'LF'), branches: share('BRH', 'BRF') }
    })
    .filter(({ file }) => file.startsWith('src/'))
}

function measure(): readonly Covered[] {
  const folder = mkdtempSync(join(tmpdir(), 'traboule-coverage-'))
  const report = join(folder, 'lcov.info')
  try {
    const args = ['coverage', '--ir-minimum', '--exclude-tests', '--report', 'lcov']
    const own = ['--report-file', report, '--no-match-path', 'test/{invariant,histories}/*']
    const { status } = spawnSync(join(root, 'node_modules', '.bin', 'forge'), [...args, ...own], {
      cwd: join(root, 'contracts'),
      stdio: 'inherit',
      env: {
        ...process.env,
        FOUNDRY_OUT: join(folder, 'out'),
        FOUNDRY_CACHE_PATH: join(folder, 'cache'),
      },
    })
    if (status !== 0) process.exit(status ?? 1)
    return parse(readFileSync(report, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function show({ file, lines, branches }: Covered): void {
  const cell = (share: Share) =>
    `${percent(share).toFixed(1).padStart(6)} %  ${`${share.hit}/${share.found}`.padStart(9)}`
  console.log(`${file.padEnd(40)} ${cell(lines)} ${cell(branches)}`)
}

const files = measure()
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
