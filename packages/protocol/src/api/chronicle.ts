/** Chronicle: the market's index told as a whole: how much there is of everything, and what happened. */
import { z } from 'zod'
import { address, bytes32, uint256 } from '../scalars.ts'
import type { Api } from './define.ts'
import { date, onChain, paging } from './page.ts'

const count = z.number().int().nonnegative()

const figures = z.object({
  /** Newest block in the index. */
  block: count,
  deals: count,
  /** Tasks by what became of them; `waiting` were bought and nobody began them. */
  tasks: z.object({
    waiting: count,
    active: count,
    revealing: count,
    completed: count,
    failed: count,
  }),
  apps: count,
  datasets: count,
  workerpools: count,
  /** Accounts that ever contributed. */
  workers: count,
  /** Open orders by kind. */
  orders: z.object({ app: count, dataset: count, workerpool: count, request: count }),
  /** nRLC on the hub, and the part of it that open deals and contributions hold. */
  escrow: uint256,
  locked: uint256,
})
export type Figures = z.output<typeof figures>

const event = z.object({
  id: z.string(),
  /** The hub's own name of the event. */
  name: z.string(),
  account: address.optional(),
  task: bytes32.optional(),
  deal: bytes32.optional(),
  workerpool: address.optional(),
  /** nRLC, or a count of tasks, as the event says. */
  value: uint256.optional(),
  /** A hash, a digest or the link of a result, as the event says. */
  data: z.string().optional(),
  blockNumber: count,
  blockTimestamp: date,
  transactionHash: bytes32,
  logIndex: count,
})
/** An event of the hub as the market keeps it. */
export type ChainEvent = z.output<typeof event>

export const chronicleApi = {
  figures: {
    method: 'GET',
    path: '/figures',
    query: z.object(onChain),
    returns: figures,
    about: 'How much there is of everything, as of the newest block in the index.',
  },
  events: {
    method: 'GET',
    path: '/events',
    query: z.object({
      ...onChain,
      /** Also the events of the deal's tasks. */
      deal: bytes32.optional(),
      task: bytes32.optional(),
      account: address.optional(),
      workerpool: address.optional(),
      /** Names of events, separated by commas. */
      names: z
        .string()
        .max(400)
        .regex(/^\w+(,\w+)*$/, 'must be names separated by commas')
        .optional(),
      pageSize: paging.pageSize,
      after: paging.after,
    }),
    returns: z.object({
      events: z.array(event),
      /** Present when there are further events. */
      nextCursor: z.string().optional(),
    }),
    about: 'What happened on the hub, newest first, each with its block and transaction.',
  },
} as const satisfies Api
