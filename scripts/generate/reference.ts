/** Reference: what the contracts say of themselves in NatSpec, as one page. */
import { artifact } from '@traboule/contracts'
import { type AbiParameter, toEventSelector, toFunctionSelector } from 'viem'
import type { Generated } from './abi.ts'

const PATH = 'docs/reference/contracts.md'

type Chapter = Readonly<{ title: string; contracts: readonly string[]; follows?: string }>

/** Chapters of the page and the contracts whose interfaces they show. */
const chapters: readonly Chapter[] = [
  { title: 'Orders and deals', contracts: ['Matching', 'OrderManagement', 'Relay', 'Salt'] },
  { title: 'Tasks', contracts: ['Tasks', 'TaskState', 'Contests'] },
  { title: 'Batches, bulk and Boost', contracts: ['Batches', 'Bulk', 'BoostMatching', 'Boost'] },
  {
    title: 'Money',
    contracts: ['EscrowEvents', 'EscrowToken', 'EscrowNative', 'Ledger', 'Escrow'],
  },
  { title: 'Views', contracts: ['Views', 'LegacyViews'] },
  {
    title: 'Configuration and upgrades',
    contracts: ['Configuration', 'Cut', 'Loupe', 'Ownership', 'TransparentContract', 'Routes'],
  },
  {
    title: 'Registries',
    contracts: [
      'AppRegistry',
      'DatasetRegistry',
      'WorkerpoolRegistry',
      'App',
      'Dataset',
      'Workerpool',
    ],
    follows: 'ERC-721 with enumeration and metadata, and ERC-173',
  },
  {
    title: 'Names',
    contracts: ['NameRegistry', 'NameResolver', 'NameRegistrar', 'ReverseRegistrar', 'NameService'],
  },
  { title: 'Enclaves', contracts: ['Brokers'] },
  { title: 'Contracts the hub calls', contracts: ['OracleConsumer', 'Group', 'ApprovalReceiver'] },
  { title: 'Token', contracts: ['RLC'], follows: 'ERC-20' },
]

type Note = Readonly<{
  notice?: string
  details?: string
  params?: Readonly<Record<string, string>>
  returns?: Readonly<Record<string, string>>
}>
type Notes = Readonly<{
  methods: Names
  events: Names
  errors: Names
  notice?: string
  details?: string
}>
type Names = Readonly<Record<string, Note | readonly Note[]>>

/** The page. Compiles the contracts when they changed. */
export async function referenceFiles(): Promise<readonly Generated[]> {
  const parts = ['# The contracts', INTRODUCTION]
  const standard = await standardNames()
  for (const { title, contracts, follows } of chapters) {
    parts.push(`## ${title}`)
    if (follows) parts.push(`Besides, ${follows}, as its standard documents it.`)
    const hidden = follows ? standard : new Set<string>()
    for (const name of contracts) parts.push(...(await sectionOf(name, hidden)))
  }
  return [{ path: PATH, text: `${parts.join('\n\n')}\n` }]
}

const INTRODUCTION = `Made by \`npm run generate\` from the NatSpec of \`contracts/src\`: correct it there.

The hub is one address. Its functions live in facets and its rules in libraries; both are free to
change as long as what this page says stays true. Amounts are in nRLC (1 RLC = 10⁹ nRLC), times in
Unix seconds.`

async function sectionOf(name: string, standard: ReadonlySet<string>): Promise<string[]> {
  const { abi, natspec } = await artifact(name)
  const notes = merge(natspec.userdoc as Notes, natspec.devdoc as Notes) // as the compiler gives it
  const rows = abi.flatMap((item) => {
    if (item.type !== 'function' && item.type !== 'event' && item.type !== 'error') return []
    if (standard.has(item.name)) return []
    const types = `${item.name}(${(item.inputs ?? []).map(canonical)})`
    const table = { function: notes.methods, event: notes.events, error: notes.errors }[item.type]
    return [{ item, note: noteOf(table, types) }]
  })
  return [`### ${name}`, ...paragraphs(notes), ...rows.map(({ item, note }) => entry(item, note))]
}

/** Standards that are documented where they are made; a chapter names those its contracts follow. */
const STANDARDS = [
  'IERC721Enumerable',
  'IERC721Metadata',
  'IERC721Errors',
  'IERC20Metadata',
  'IERC20Errors',
  'Ownable',
  'Clones',
  'Create2',
  'Errors',
]

async function standardNames(): Promise<ReadonlySet<string>> {
  const all = await Promise.all(STANDARDS.map(async (name) => (await artifact(name)).abi))
  return new Set(all.flat().flatMap((item) => ('name' in item ? [item.name] : [])))
}

type Item = Readonly<{
  type: 'function' | 'event' | 'error'
  name: string
  inputs?: readonly AbiParameter[]
  outputs?: readonly AbiParameter[]
  stateMutability?: string
}>

function entry(item: Item, note: Note): string {
  const id = item.type === 'event' ? toEventSelector(asAbi(item)) : toFunctionSelector(asAbi(item))
  const answer = item.outputs?.length ? ` → (${item.outputs.map(shown).join(', ')})` : ''
  const kind = item.type === 'function' ? (item.stateMutability ?? '') : item.type
  const head = `**${item.name}**(${(item.inputs ?? []).map(shown).join(', ')})${answer}`
  const lines = [...paragraphs(note), ...list(note.params), ...list(note.returns)]
  return [`- ${head}  \n  _${kind}_ \`${id}\``, ...lines.map((line) => `  ${line}`)].join('  \n')
}

const list = (names: Readonly<Record<string, string>> = {}) =>
  Object.entries(names).map(([name, text]) => `\`${name.replace(/^_\d$/, 'answer')}\`: ${text}`)

const paragraphs = ({ notice, details }: { notice?: string; details?: string }) =>
  [notice, details].filter((text) => text !== undefined)

/** A struct is shown by its name. */
function shown({ name, type, internalType }: AbiParameter): string {
  const struct = /^(?:struct|enum|contract) (?:.*\.)?(.*)$/.exec(internalType ?? '')?.[1]
  return `${struct ?? type}${name ? ` ${name}` : ''}`
}

function canonical(parameter: AbiParameter): string {
  if (!('components' in parameter)) return parameter.type
  return `(${parameter.components.map(canonical)})${parameter.type.slice('tuple'.length)}`
}

/** An event and a function hash alike: by name and types of what goes in. */
const asAbi = ({ name, inputs = [] }: Item) => `function ${name}(${inputs.map(canonical)})`

function noteOf(table: Names | undefined, key: string): Note {
  const found = table?.[key] ?? {}
  return (Array.isArray(found) ? Object.assign({}, ...found) : found) as Note // errors come in lists
}

function merge(user: Notes, dev: Notes): Notes {
  const both = (a: Names = {}, b: Names = {}) =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [
        key,
        { ...noteOf(a, key), ...noteOf(b, key) },
      ]),
    )
  return {
    ...user,
    ...dev,
    methods: both(user.methods, dev.methods),
    events: both(user.events, dev.events),
    errors: both(user.errors, dev.errors),
  }
}
