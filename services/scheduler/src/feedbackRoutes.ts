/** The pool's public face: carried to feedback, logs and their reader. */
import { AppError } from '@traboule/protocol'
import type { feedbackApi, Handlers } from '@traboule/protocol/api'
import type { ChainClient, Challenges, Clock } from '@traboule/service-kit'
import type { Kysely } from 'kysely'
import { type Address, isAddressEqual } from 'viem'
import type { Tables } from './db/schema.ts'
import { feedback } from './tasks/feedback.ts'
import { type Logs, noLogs } from './tasks/logs.ts'
import { mayRead } from './tasks/reader.ts'

export type FeedbackOptions = Readonly<{
  client: ChainClient
  hub: Address
  workerpool: Address
  /** Where clients reach this pool. */
  publicUrl(): string
  db: Kysely<Tables>
  logs: Logs
  challenges: Challenges
  clock: Clock
}>

export function feedbackRoutes(options: FeedbackOptions): Handlers<typeof feedbackApi> {
  const { client, workerpool, publicUrl, db, logs, challenges, clock } = options
  const chainId = client.chain.id
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
      return challenges.challenge(query.address, Math.floor(clock.now() / 1000))
    },
    task: async ({ params: { taskId } }) => feedback(db, taskId, await logs.of(taskId)),
    async logs({ params: { taskId }, caller }) {
      const { chainDealId } = await feedback(db, taskId, [])
      await mayRead(chainDealId, caller, options)
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
