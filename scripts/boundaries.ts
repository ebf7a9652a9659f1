/** Boundaries: no workspace may depend on more of ours than ARCHITECTURE.md's table allows. */
import { globSync, readFileSync } from 'node:fs'

const services = ['market', 'scheduler', 'worker', 'sms', 'storage']
const allowed: Record<string, readonly string[]> = {
  protocol: [],
  classad: ['protocol'],
  sdk: ['protocol'],
  'service-kit': ['protocol'],
  contracts: ['protocol', 'service-kit'],
  ...Object.fromEntries(services.map((name) => [name, ['protocol', 'service-kit']])),
  scheduler: ['protocol', 'service-kit', 'classad'],
  worker: ['protocol', 'service-kit', 'classad'],
  cli: ['protocol', 'sdk'],
  web: ['protocol', 'sdk'],
  devnet: ['protocol', 'sdk', 'service-kit', 'contracts', 'web', ...services],
}

type Manifest = { name: string; dependencies?: object; devDependencies?: object }

const problems = globSync('{contracts,devnet,packages/*,services/*,apps/*}/package.json').flatMap(
  (path) => {
    const { name, dependencies } = JSON.parse(readFileSync(path, 'utf8')) as Manifest
    const ours = Object.keys(dependencies ?? {}).filter((each) => each.startsWith('@traboule/'))
    const may = allowed[name.replace('@traboule/', '')]
    if (!may) return [`${path}: ${name} is not in the table of scripts/boundaries.ts`]
    return ours
      .filter((each) => !may.includes(each.replace('@traboule/', '')))
      .map((each) => `${path}: ${name} may not depend on ${each}`)
  },
)

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
