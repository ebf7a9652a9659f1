/**
 * What a pool tells about the tasks it runs, as the ecosystem's clients ask it.
 *
 * Where a pool answers is told by a directory of pools, `where`; a pool answers for itself.
 */
import { z } from 'zod'
import { address, bytes32, hex } from '../scalars.ts'
import { challenge, challengeQuery } from './login.ts'

/** Characters kept of each stream: the last ones, where programs say why they end. */
export const LOG_CHARACTERS = 100_000

const taskParams = z.object({ taskId: bytes32 })
const change = z.object({ status: z.string(), date: z.string(), cause: z.string().optional() })

export const feedbackApi = {
  where: {
    method: 'GET',
    path: '/:chainId/workerpools/:workerpool',
    params: z.object({ chainId: z.coerce.number().int(), workerpool: address }),
    returns: z.object({ apiUrl: z.url() }),
    fails: ['workerpool/unknown'],
    about: 'Where a workerpool answers.',
  },
  challenge: {
    method: 'GET',
    path: '/tasks/logs/challenge',
    query: challengeQuery,
    returns: challenge,
    fails: ['order/wrong-chain'],
    about: 'What an account signs to prove who it is: authorization <hash>_<signature>_<address>.',
  },
  task: {
    method: 'GET',
    path: '/tasks/:taskId',
    params: taskParams,
    returns: z.object({
      chainTaskId: bytes32,
      chainDealId: bytes32,
      taskIndex: z.number().int(),
      tag: hex,
      /** What the enclaves that ran it are worth; absent where it needed none. */
      tee: z.string().optional(),
      trust: z.number(),
      currentStatus: z.string(),
      dateStatusList: z.array(change),
      replicates: z.array(
        z.object({
          walletAddress: address,
          currentStatus: z.string(),
          statusUpdateList: z.array(change),
          appExitCode: z.number().int().optional(),
        }),
      ),
    }),
    fails: ['task/unknown'],
    about: 'How far a task is, and each worker that was asked to run it.',
  },
  logs: {
    method: 'GET',
    path: '/tasks/:taskId/logs',
    auth: 'signed',
    params: taskParams,
    returns: z.object({
      computeLogsList: z.array(
        z.object({ walletAddress: address, stdout: z.string(), stderr: z.string() }),
      ),
    }),
    fails: ['task/unknown', 'task/no-logs', 'request/unauthorized', 'request/forbidden'],
    about: 'What the program of a task printed on each worker. For its requester only.',
  },
} as const
