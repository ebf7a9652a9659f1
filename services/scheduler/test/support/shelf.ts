/** Shelf: a storage's results over HTTP, put there by the test's own hand. */
import { AppError } from '@traboule/protocol'
import { storageApi } from '@traboule/protocol/api'
import { createLog, listen, mount, systemClock } from '@traboule/service-kit'
import { type Hex, hexToBytes } from 'viem'

export type Shelf = AsyncDisposable &
  Readonly<{
    url: string
    put(taskId: Hex, bytes: Hex): void
    has(taskId: Hex): boolean
    /** How often anybody looked for a result. */
    looks(): number
  }>

/** A CID by which the shelf's only kind of object is known. */
export const cidOf = (taskId: Hex) =>
  `b${'a'.repeat(20)}${taskId.slice(2, 42).replaceAll(/[0189]/g, 'z')}`

export async function openShelf(): Promise<Shelf> {
  const kept = new Map<Hex, Hex>()
  let looks = 0
  const missing = (what: string) => new AppError('result/unknown', `There is no ${what}.`)
  const options = {
    log: createLog({}, { level: 'silent' }),
    clock: systemClock,
    chainId: 0,
    service: '',
  }
  const app = mount(
    storageApi,
    {
      put: () => Promise.reject(missing('way to put')),
      putResult: () => Promise.reject(missing('way to put')),
      async get({ params: { cid } }) {
        const found = [...kept].find(([taskId]) => cidOf(taskId) === cid)
        if (!found) throw missing(cid)
        return hexToBytes(found[1])
      },
      async result({ params: { taskId } }) {
        looks++
        const bytes = kept.get(taskId)
        if (!bytes) throw missing(taskId)
        const cid = cidOf(taskId)
        return { taskId, cid, size: bytes.length / 2 - 1, link: `/ipfs/${cid}` }
      },
    },
    options,
  )
  const server = await listen(app, 0)
  return {
    url: server.url,
    put: (taskId, bytes) => void kept.set(taskId, bytes),
    has: (taskId) => kept.has(taskId),
    looks: () => looks,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
