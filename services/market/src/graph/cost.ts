/** Cost: how much a query may ask for at most, told before anything is read. */
import { AppError } from '@traboule/protocol'
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import { USUAL } from './inputs.ts'

/** Levels of fields below the query. */
const DEEPEST = 12
/** Brackets inside brackets of a query's text: whoever reads it goes as deep. */
const NESTED = 200
/** Entities that one answer may hold. */
const DEAREST = 100_000

/** Throws `request/too-dear` for a text whose reading could exhaust the stack. */
export function requireShallow(query: string): void {
  let depth = 0
  for (const [bracket] of query.matchAll(/[[({})\]]/g)) {
    depth += '[({'.includes(bracket) ? 1 : -1
    if (depth > NESTED) throw tooDear(`nests more than ${NESTED} brackets`, { deepest: NESTED })
  }
}

type Variables = Readonly<Record<string, unknown>>

/** Throws `request/too-dear` when the query could answer with more than is served at once. */
export function weigh(document: DocumentNode, variables: Variables): void {
  const fragments = new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  )
  const scale = { fragments, variables, total: 0 }
  for (const each of document.definitions)
    if (each.kind === Kind.OPERATION_DEFINITION) add(each.selectionSet, 1, 1, scale)
}

type Scale = {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Variables
  total: number
}

function add(set: SelectionSetNode, parents: number, depth: number, scale: Scale): void {
  if (depth > DEEPEST) throw tooDear(`is deeper than ${DEEPEST} levels`, { deepest: DEEPEST })
  for (const each of set.selections) {
    scale.total += 1 // also what selects nothing costs the time to look at it
    if (scale.total > DEAREST) throw dear()
    if (each.kind === Kind.INLINE_FRAGMENT) add(each.selectionSet, parents, depth, scale)
    else if (each.kind === Kind.FIELD) field(each, parents, depth, scale)
    else {
      const fragment = scale.fragments.get(each.name.value)
      if (fragment) add(fragment.selectionSet, parents, depth, scale)
    }
  }
}

function field(node: FieldNode, parents: number, depth: number, scale: Scale): void {
  if (!node.selectionSet || node.name.value.startsWith('__')) return
  const entities = parents * firstOf(node, scale.variables)
  scale.total += entities
  if (scale.total > DEAREST) throw dear()
  add(node.selectionSet, entities, depth + 1, scale)
}

/** How many a collection may answer with; 1 for what is no collection. */
function firstOf({ name, arguments: given = [] }: FieldNode, variables: Variables): number {
  const first = given.find((each) => each.name.value === 'first')
  if (first) return Math.max(0, numberOf(first, variables))
  return name.value.endsWith('s') ? USUAL : 1
}

function numberOf({ value }: ArgumentNode, variables: Variables): number {
  const given =
    value.kind === Kind.VARIABLE
      ? variables[value.name.value]
      : value.kind === Kind.INT
        ? value.value
        : USUAL
  const number = Number(given ?? USUAL)
  return Number.isFinite(number) ? number : USUAL
}

const dear = () => tooDear(`could answer with more than ${DEAREST} entities`, { dearest: DEAREST })
const tooDear = (why: string, details: Readonly<Record<string, number>>) =>
  new AppError('request/too-dear', `The query ${why}.`, details)
