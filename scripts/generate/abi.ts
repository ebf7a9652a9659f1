/** Abi: the interfaces of the contracts, as TypeScript that viem infers its types from. */
import { artifact, facetsOf } from '@traboule/contracts'
import { type Abi, toFunctionSelector } from 'viem'

/** A file of the repository and what it shall contain. */
export type Generated = Readonly<{ path: string; text: string }>

const FOLDER = 'packages/protocol/src/abi'

/** Where parameters have names that their facet has no use for. */
const INTERFACES = ['Configuration']

/** Exported name and the contracts whose interfaces it joins. The hub's are added to this. */
const contracts = {
  appRegistry: ['AppRegistry'],
  datasetRegistry: ['DatasetRegistry'],
  workerpoolRegistry: ['WorkerpoolRegistry'],
  app: ['App'],
  dataset: ['Dataset'],
  workerpool: ['Workerpool'],
  token: ['RLC'],
} as const satisfies Record<string, readonly string[]>

/** Every file of the ABI folder. Compiles the contracts when they changed. */
export async function abiFiles(): Promise<readonly Generated[]> {
  const facets = [...facetsOf('token'), ...facetsOf('native'), 'DiamondFacet', ...INTERFACES]
  const all: Record<string, readonly string[]> = { hub: [...new Set(facets)], ...contracts }
  const files = await Promise.all(
    Object.entries(all).map(async ([name, parts]) => {
      const found = await Promise.all(parts.map(async (part) => (await artifact(part)).abi))
      return { path: `${FOLDER}/${name}.ts`, text: moduleOf(name, join(found)) }
    }),
  )
  const exports = Object.keys(all).map((name) => `export { ${name}Abi } from './${name}.ts'\n`)
  return [...files, { path: `${FOLDER}/index.ts`, text: exports.sort().join('') }]
}

/** One ABI of many, each entry once, in an order that does not depend on how they were compiled. */
function join(parts: readonly Abi[]): Abi {
  const entries = new Map<string, Abi[number]>()
  for (const item of parts.flat()) {
    if (item.type === 'constructor') continue
    if (isNamed(item) || !entries.has(keyOf(item))) entries.set(keyOf(item), item)
  }
  return [...entries.keys()].sort().flatMap((key) => entries.get(key) ?? [])
}

function isNamed(item: Abi[number]): boolean {
  return !('inputs' in item) || item.inputs.every(({ name }) => name !== '')
}

function keyOf(item: Abi[number]): string {
  if (item.type === 'function') return `function ${item.name} ${toFunctionSelector(item)}`
  if (item.type !== 'event' && item.type !== 'error') return `~${item.type}`
  return `${item.type} ${item.name}(${(item.inputs ?? []).map(({ type }) => type)})`
}

function moduleOf(name: string, abi: Abi): string {
  const rows = abi.map((item) => `  ${JSON.stringify(item, withoutSources)},\n`)
  return `// Made by \`npm run generate\` from the contracts.\nexport const ${name}Abi = [\n${rows.join('')}] as const\n`
}

/** Compilers add Solidity's own type names, which say where a struct was declared. */
const withoutSources = (key: string, value: unknown) => (key === 'internalType' ? undefined : value)
