/** Decode: a log of the hub or of a registry as the event it is. */
import { appRegistryAbi, hubAbi, workerpoolAbi } from '@traboule/protocol/abi'
import type { MinedLog } from '@traboule/service-kit'
import { decodeEventLog, getAddress, toEventSelector } from 'viem'
import type { State } from './entities.ts'

/** A log with its name and arguments. */
export type Event = Readonly<{ name: string; args: Record<string, unknown>; log: MinedLog }>

const hubEvents = new Map(
  hubAbi.flatMap((item) => (item.type === 'event' ? [[toEventSelector(item), item] as const] : [])),
)
const mint = appRegistryAbi.filter((item) => item.type === 'event' && item.name === 'Transfer')

/** The event a hub's log is; `undefined` when it is none we know. */
export function ofHub(log: MinedLog): Event | undefined {
  const item = hubEvents.get(log.topics[0] ?? '0x')
  return item && decoded([item], log)
}

/** The transfer of an asset that a registry's log is. */
export const ofRegistry = (log: MinedLog): Event | undefined => decoded(mint, log)

/** A workerpool's change of terms. Any contract may emit one; only those of pools are looked at. */
export const policyUpdate = workerpoolAbi.find(
  (item): item is Extract<typeof item, { type: 'event' }> => item.type === 'event',
) as Extract<(typeof workerpoolAbi)[number], { type: 'event' }> // its only event

/** The change of terms that another contract's log is. */
export const ofPool = (log: MinedLog): Event | undefined => decoded([policyUpdate], log)

function decoded(abi: readonly unknown[], log: MinedLog): Event | undefined {
  try {
    const { eventName, args } = decodeEventLog({ abi: abi as typeof hubAbi, ...log })
    return { name: eventName, args: args as Record<string, unknown>, log }
  } catch {
    return undefined // another event of the same name, or not one of ours
  }
}

/** The tables and ids that an event will read, to load them all at once. */
export function readsOf({ name, args, log }: Event): (readonly [State, string])[] {
  const a = args as Record<string, string>
  const at = (table: State, ...ids: (string | undefined)[]) =>
    ids.flatMap((id) => (id ? [[table, id] as const] : []))
  if (name === 'PolicyUpdate') return at('workerpools', getAddress(log.address))
  if (name === 'Transfer') return at('accounts', a.from, a.to)
  if (a.taskid && a.worker)
    return [...at('tasks', a.taskid), ...at('contributions', `${a.taskid}-${a.worker}`)]
  if (a.taskid) return at('tasks', a.taskid)
  if (a.owner) return at('accounts', a.owner)
  const hashes = at('fills', a.appHash, a.datasetHash, a.workerpoolHash, a.requestHash)
  return log.topics.length > 0 ? hashes : []
}
