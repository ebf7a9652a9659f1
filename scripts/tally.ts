/** Tally: a reporter of vitest that writes down, project by project, what passed and what failed. */
import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

export type Tally = Readonly<{
  passed: number
  failed: number
  skipped: number
  /** A line for each test that failed, and for each file that did not load. */
  failures?: readonly string[]
}>

/** Whoever starts vitest names the file here, and reads tallies by project from it. */
export const TALLY_FILE = 'TALLY_FILE'

const firstLine = (text = '') => stripVTControlCharacters(text).trim().split('\n', 1)[0]

function ofTest(file: string, test: TestCase): Tally {
  const { state, errors } = test.result()
  const failure = `${file}: ${test.fullName}: ${firstLine(errors?.[0]?.message)}`
  return {
    passed: state === 'passed' ? 1 : 0,
    failed: state === 'failed' ? 1 : 0,
    skipped: state === 'skipped' || state === 'pending' ? 1 : 0,
    failures: state === 'failed' ? [failure] : [],
  }
}

function ofModule(module: TestModule): Tally {
  const tests = [...module.children.allTests()].map((test) => ofTest(module.relativeModuleId, test))
  const tally = tests.reduce(sum, none)
  if (module.ok() || tally.failed > 0) return tally
  const failure = `${module.relativeModuleId}: ${firstLine(module.errors()[0]?.message)}`
  return sum(tally, { ...none, failed: 1, failures: [failure] })
}

export const none: Tally = { passed: 0, failed: 0, skipped: 0 }
export const sum = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...(a.failures ?? []), ...(b.failures ?? [])],
})

/** Seconds over which a file is worth a look. */
const SLOW_S = 20

export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tallies: Record<string, Tally> = {}
    for (const module of modules) {
      const { name } = module.project
      tallies[name] = sum(tallies[name] ?? none, ofModule(module))
    }
    const file = process.env[TALLY_FILE]
    if (file) writeFileSync(file, JSON.stringify(tallies))
    const took = modules.map((module) => ({ module, s: module.diagnostic().duration / 1000 }))
    for (const { module, s } of took.filter(({ s }) => s > SLOW_S).sort((a, b) => b.s - a.s))
      console.log(
        `${s.toFixed(0).padStart(5)} s  ${module.project.name}  ${module.relativeModuleId}`,
      )
  }
}
