import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { TallyReporter } from './scripts/tally.ts'

/** Workspaces whose integration tests keep data in a database. */
const WITH_DATABASE = [
  'packages/service-kit',
  'services/market',
  'services/scheduler',
  'services/sms',
]

const integration = '{packages,services,apps,contracts,devnet,examples}/**/test/**/*.test.ts'

/** A whole system takes longer to start. */
const whole = { testTimeout: 600_000, hookTimeout: 600_000 }

/** Runs of parts of the system: they wait for blocks as much as they compute. */
const parts = {
  testTimeout: 240_000,
  hookTimeout: 240_000,
  exclude: ['**/node_modules/**'],
  maxWorkers: 2,
}

/** A server that the tests may fill; scripts/test.ts starts one. */
const { POSTGRES_URL } = process.env
const onServer = POSTGRES_URL ? { env: { DATABASE_URL: POSTGRES_URL } } : {}

/** What takes longest comes first, so that nobody waits for it alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ project }: TestSpecification) => project.name === 'e2e'
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((each) => !isLong(each))]
  }
}

/**
 * unit: no network, clock or disk. integration: real anvil, database, HTTP. postgres: what keeps
 * data, again on a server. e2e: the whole system, on that server if there is one. Timeouts only end
 * what hangs: they are far above what a test takes on a busy machine.
 */
export default defineConfig({
  test: {
    reporters: ['default', new TallyReporter()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,services,apps,devnet,scripts,examples}/**/src/**/*.test.ts'],
          testTimeout: 30_000,
          isolate: false, // nothing here is shared but libraries, which then load once
          maxWorkers: 2,
        },
      },
      { test: { name: 'integration', include: [integration], ...parts } },
      {
        test: {
          name: 'postgres',
          include: POSTGRES_URL
            ? WITH_DATABASE.map((workspace) => `${workspace}/test/**/*.test.ts`)
            : [],
          ...parts,
          ...onServer,
          exclude: [...parts.exclude, '**/test/simulation/**'], // which keep nothing
        },
      },
      { test: { name: 'e2e', include: ['e2e/**/*.test.ts'], ...parts, ...whole, ...onServer } },
    ],
  },
})
