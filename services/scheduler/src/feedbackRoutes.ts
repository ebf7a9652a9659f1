/** The pool's public face: carried to feedback, logs and their reader. */
import { AppError } from '@traboule/protocol'
import type { feedbackApi, Handlers } from '@traboule/protocol/api'
import type { Clock } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import { type Address, isAddressEqual } from 'viem'
import type { Tables } from './db/schema.ts'
import { feedback } from './tasks/feedback.ts'
import { type Logs, noLogs } from './tasks/logs.ts'
import type { Reader } from './tasks/reader.ts'

export type FeedbackOptions = Readonly<{
  chainId: number
  workerpool: Address
  /** Where clients reach this pool. */
  publicUrl(): string
  db: Kysely<Tables>
  logs: Logs
  reader: Reader
  clock: Clock
}>

export function feedbackRoutes(options: FeedbackOptions): Handlers<typeof feedbackApi> {
  const { chainId, workerpool, publicUrl, db, logs, reader, clock } = options
  return {
    async where({ params }) {
      if (params.chainId === chainId && isAddressEqual(params.workerpool, workerpool))
        return { apiUrl: publicUrl() }
      const sentence = `Workerpool ${params.workerpool} of chain ${params.chainId} is not known here.`
      throw new AppError('workerpool/unknown', sentence, { known: { chainId, workerpool } })
    },
    async challenge({ query }) {
      if (query.chainId !== undefined && query.chainId !== chainId) {
        const sentence = `chainId ${query.chainId} is not supported`
        throw new AppError('order/wrong-chain', sentence, { supported: [chainId] })
      }
      const { types, ...rest } = reader.challenge(query.address, Math.floor(clock.now() / 1000))
      const lists = { EIP712Domain: [...types.EIP712Domain], Challenge: [...types.Challenge] }
      return { ...rest, types: lists }
    },
    task: async ({ params: { taskId } }) => feedback(db, taskId, await logs.of(taskId)),
    async logs({ params: { taskId }, caller }) {
      const { chainDealId } = await feedback(db, taskId, [])
      await reader.mayRead(chainDealId, caller)
      const found = await logs.of(taskId)
      if (found.length === 0) throw noLogs(taskId)
      return {
        computeLogsList: found.map(({ worker, stdout, stderr }) => ({
          ...{ walletAddress: worker, stdout, stderr },
        })),
      }
    },
  }
}
