/** Routes: the storage's API, carried to objects, results and access. */
import { AppError, Result } from '@traboule/protocol'
import { type Handlers, storageApi } from '@traboule/protocol/api'
import type { ChainClient } from '@traboule/service-kit'
import type { Address } from 'viem'
import { checkResult, expectedOf } from './access.ts'
import type { Objects } from './objects.ts'
import type { Results } from './results.ts'

/** Every route but `get`, which the gateway answers. */
const { get: _, ...api } = storageApi

export { api }

export type Parts = Readonly<{
  objects: Objects
  results: Results
  client: ChainClient
  hub: Address
  /** Most bytes that a result may unpack to. */
  resultBytes: number
}>

export function routes(parts: Parts): Handlers<typeof api> {
  const { objects, results, resultBytes } = parts
  return {
    async put({ body, caller }) {
      const { cid, size } = await objects.put(body, caller)
      return { cid, size }
    },
    async putResult({ params: { taskId }, body, caller }) {
      const expected = await expectedOf(taskId, caller, parts)
      checkResult(body, expected, resultBytes)
      return results.put(taskId, body)
    },
    async result({ params: { taskId } }) {
      const found = await results.find(taskId)
      if (!found) throw new AppError('result/unknown', `Task ${taskId} has no result here.`)
      return { taskId, ...found, link: Result.link(found.cid) }
    },
  }
}
