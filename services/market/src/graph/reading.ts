/**
 * Reading: what one query of the graph reads, all as of one block. What many resolvers ask in the
 * same breath is one statement.
 */
import { AppError } from '@traboule/protocol'
import { hubAbi } from '@traboule/protocol/abi'
import type { ChainClient } from '@traboule/service-kit'
import type { Address, Hex } from 'viem'
import type { Tx } from '../db/tx.ts'
import type { ChainReading } from './fields.ts'
import { keyOf } from './filter.ts'
import { byKeys, type Page, page, pages, type Row } from './select.ts'

export type Reading = Readonly<{
  one(type: string, key: string): Promise<Row | undefined>
  page(type: string, asked: Page): Promise<Row[]>
  /** The entities of `type` that name `key` in their field `by`. */
  many(type: string, by: string, key: string, asked: Page): Promise<Row[]>
  /** What the chain says of an entity, by the names of the entity's fields. */
  chain(what: ChainReading, key: string): Promise<Told>
}>

export type Told = Readonly<Record<string, string | null>>

/** Readings of the chain that one query may cause. */
const MOST_READINGS = 200

/** Opens the reader of one query. */
export function openReading(tx: Tx, client: ChainClient, hub: Address): Reading {
  const ones = new Map<string, (key: string) => Promise<Row | undefined>>()
  const lists = new Map<string, (key: string) => Promise<Row[]>>()
  const told = new Map<string, Promise<Told>>()
  return {
    one(type, key) {
      const load = memo(ones, type, () =>
        together(async (keys) => {
          const rows = await byKeys(tx, type, keys)
          return new Map(rows.map((row) => [keyOf(row.id), row]))
        }),
      )
      return load(keyOf(key))
    },
    page: (type, asked) => page(tx, type, asked),
    async many(type, by, key, asked) {
      const load = memo(lists, JSON.stringify([type, by, asked]), () =>
        together((keys) => pages(tx, type, by, keys, asked)),
      )
      return (await load(keyOf(key))) ?? []
    },
    chain(what, key) {
      return memo(told, `${what} ${key}`, () => {
        if (told.size >= MOST_READINGS)
          throw new AppError('request/too-dear', 'This query asks too much of the chain.', {
            most: MOST_READINGS,
          })
        return readings[what](client, hub, key)
      })
    },
  }
}

function memo<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** Keys that are asked for before anything else can happen are loaded at once. */
function together<V>(load: (keys: string[]) => Promise<Map<string, V>>) {
  const answers = new Map<string, Promise<V | undefined>>()
  let asked: { keys: string[]; found: Promise<Map<string, V>> } | undefined
  const next = () => {
    const keys: string[] = []
    const soon = new Promise((resolve) => setImmediate(resolve))
    const found = soon.then(() => {
      asked = undefined
      return load(keys)
    })
    return { keys, found }
  }
  return (key: string): Promise<V | undefined> =>
    memo(answers, key, () => {
      asked ??= next()
      asked.keys.push(key)
      return asked.found.then((found) => found.get(key))
    }) as Promise<V | undefined>
}

type Read = (client: ChainClient, hub: Address, key: string) => Promise<Told>

/** Entities are of the index: what the chain does not know of them, it has forgotten meanwhile. */
const readings: Readonly<Record<ChainReading, Read>> = {
  async transaction(client, _, key) {
    const hash = key as Hex // rows of the index carry the hashes of transactions
    const [sent, receipt] = await asking(
      Promise.all([client.getTransaction({ hash }), client.getTransactionReceipt({ hash })]),
    )
    return {
      from: sent.from,
      to: sent.to,
      value: String(sent.value),
      gasLimit: String(sent.gas),
      gasUsed: String(receipt.gasUsed),
      gasPrice: String(receipt.effectiveGasPrice),
    }
  },
  async task(client, hub, key) {
    const args = [key as Hex] as const
    const known = { address: hub, abi: hubAbi, functionName: 'viewTask', args } as const
    return { resultsCallback: (await asking(client.readContract(known))).resultsCallback }
  },
  async contribution(client, hub, key) {
    const [task, worker] = key.split('-')
    const args = [task as Hex, worker as Address] as const // how the index names contributions
    const known = { address: hub, abi: hubAbi, functionName: 'viewContribution', args } as const
    return { challenge: (await asking(client.readContract(known))).enclaveChallenge }
  },
}

function asking<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((cause) => {
    throw new AppError('chain/unreachable', 'The chain did not answer a reading.', {}, cause)
  })
}
