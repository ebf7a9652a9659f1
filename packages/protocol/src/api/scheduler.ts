/** The scheduler's API: how workers of a pool get their work. They pull; nothing is pushed. */
import { z } from 'zod'
import * as Enclave from '../enclave.ts'
import { address, bytes32, hex } from '../scalars.ts'
import { LOG_CHARACTERS } from './feedback.ts'

/** What a worker does with a leased task, in order; shown to whoever watches. */
export const phases = ['fetching', 'running', 'contributing'] as const
export type Phase = (typeof phases)[number]

const milliseconds = z.number().int().nonnegative()
const leaseParams = z.object({ leaseId: z.uuid() })

const pool = z.object({
  chainId: z.number().int(),
  hub: address,
  workerpool: address,
  description: z.string(),
  /** How to reach the other parts this pool uses. */
  storageUrl: z.url(),
  /** Where keys of results are; absent in a pool that encrypts none. */
  smsUrl: z.url().optional(),
  appTypes: z.array(z.string()),
  /** What its enclaves are worth; absent in a pool without. */
  tee: z.literal(Enclave.SIMULATED).optional(),
})

/** The right to work on one task for a while, and the authorisation to contribute to it. */
export const lease = z.object({
  leaseId: z.uuid(),
  taskId: bytes32,
  dealId: bytes32,
  /** Absolute index in the deal, as decimal text. */
  index: z.string(),
  /**
   * The workerpool owner's signature over `Contribution.authorizationHash`. Absent where the worker
   * hands in its ballot for the scheduler to send.
   */
  authorization: z.object({ enclaveChallenge: address, signature: hex }).optional(),
  /** Milliseconds from this answer until the lease is taken back unless renewed. */
  expiresInMs: milliseconds,
})
export type Lease = z.output<typeof lease>

/** What a pool says of how it came to a result. */
export const receipt = z.object({
  taskId: bytes32,
  /** One minus 1 / trust: how surely the requester wants the result to be right. */
  asked: z.number(),
  /** How surely it is, by what the pool knew of its workers then; 0 before any vote. */
  credibility: z.number(),
  resultHash: bytes32.nullable(),
  /** Whether the votes went to the chain; before, all of this may still change. */
  decided: z.boolean(),
  replicas: z.number().int(),
  agreeing: z.number().int(),
  /** Whether one worker more than needed was asked, to be checked without knowing. */
  checked: z.boolean(),
  voters: z.array(
    z.object({
      worker: address,
      agrees: z.boolean(),
      /** Checks it had passed, and how surely its word alone is right. */
      checks: z.number().int(),
      credibility: z.number(),
      /** Its number in the draw for this task, from 0 to 1. */
      ticket: z.number(),
    }),
  ),
  /** What the draw followed from; told once the task is decided. */
  seed: bytes32.nullable(),
})
export type Receipt = z.output<typeof receipt>

export const schedulerApi = {
  pool: {
    method: 'GET',
    path: '/pool',
    returns: pool,
    about: 'What a worker must know to join this pool.',
  },
  info: {
    method: 'GET',
    path: '/info',
    returns: pool,
    about: 'The same, for people and for clients that look for what a pool offers.',
  },
  ask: {
    method: 'POST',
    path: '/leases',
    auth: 'signed',
    body: z.object({
      /** How many more tasks the worker can start now. */
      capacity: z.number().int().min(1).max(64),
      appTypes: z.array(z.string().max(32)).max(8),
      /** Tasks the worker already has; it is not given these again. */
      holding: z.array(bytes32).max(256).default([]),
      /** What the worker has and whom it works for, as a ClassAd; see docs/concepts/classads.md. */
      ad: z.string().max(8_192).optional(),
      /** Whether it hands in ballots instead of sending its votes itself. */
      ballots: z.boolean().default(false),
      /** The address of its enclave's key: without one it gets no task that needs an enclave. */
      enclave: address.optional(),
    }),
    returns: z.object({ leases: z.array(lease), askAgainInMs: milliseconds }),
    fails: [
      'worker/not-a-member',
      'worker/distrusted',
      'worker/stake-too-low',
      'ad/malformed',
      'ad/too-large',
      'ad/too-deep',
      'ad/unknown-function',
    ],
    about: 'Takes up to `capacity` tasks to work on; none is an answer too.',
  },
  renew: {
    method: 'PUT',
    path: '/leases/:leaseId',
    auth: 'signed',
    params: leaseParams,
    body: z.object({ phase: z.enum(phases), percent: z.number().min(0).max(100).optional() }),
    returns: z.object({ expiresInMs: milliseconds }),
    fails: ['lease/unknown', 'lease/expired'],
    about: 'Keeps a lease and says how far the work is.',
  },
  ballot: {
    method: 'PUT',
    path: '/leases/:leaseId/ballot',
    auth: 'signed',
    params: leaseParams,
    body: z.object({
      resultHash: bytes32,
      resultSeal: bytes32,
      /** The worker's own, over `Contribution.ballotHash`. */
      signature: hex,
    }),
    returns: 'nothing',
    fails: ['lease/unknown', 'ballot/refused', 'task/over', 'worker/distrusted'],
    about: 'Hands in a sealed vote, which the scheduler sends together with the others.',
  },
  keepLogs: {
    method: 'PUT',
    path: '/leases/:leaseId/logs',
    auth: 'signed',
    params: leaseParams,
    body: z.object({
      stdout: z.string().max(LOG_CHARACTERS),
      stderr: z.string().max(LOG_CHARACTERS),
      /** Absent where the program was stopped before it ended. */
      exitCode: z.number().int().optional(),
    }),
    returns: 'nothing',
    fails: ['lease/unknown'],
    about: 'Keeps what the program printed, for the task’s requester.',
  },
  release: {
    method: 'DELETE',
    path: '/leases/:leaseId',
    auth: 'signed',
    params: leaseParams,
    query: z.object({ code: z.string().max(64), message: z.string().max(500) }),
    returns: 'nothing',
    fails: ['lease/unknown'],
    about: 'Gives a task back before contributing, with the reason.',
  },
  task: {
    method: 'GET',
    path: '/pool/tasks/:taskId',
    params: z.object({ taskId: bytes32 }),
    returns: z.object({
      taskId: bytes32,
      dealId: bytes32,
      status: z.string(),
      leases: z.array(
        z.object({
          worker: address,
          state: z.enum(['held', 'expired', 'released', 'contributed']),
          phase: z.enum(phases).nullable(),
          percent: z.number().nullable(),
          failure: z.object({ code: z.string(), message: z.string() }).nullable(),
        }),
      ),
    }),
    fails: ['task/unknown'],
    about: 'Who works on a task and how far they are, as the pool knows it.',
  },
  receipt: {
    method: 'GET',
    path: '/pool/tasks/:taskId/receipt',
    params: z.object({ taskId: bytes32 }),
    returns: receipt,
    fails: ['task/unknown'],
    about: 'How surely the result of a task is right, and what that rests on.',
  },
  explain: {
    method: 'GET',
    path: '/pool/tasks/:taskId/explain',
    params: z.object({ taskId: bytes32 }),
    returns: z.object({
      taskId: bytes32,
      /** How many workers asked lately, and how many of them suit. */
      workers: z.number().int(),
      able: z.number().int(),
      /** Why the others do not, the most common reason first. */
      reasons: z.array(
        z.object({
          /** Whose Requirements are not met. */
          side: z.enum(['task', 'worker']),
          part: z.string(),
          workers: z.number().int(),
          /** Of these, those that do not say what is asked for. */
          silent: z.number().int(),
          why: z.string(),
        }),
      ),
    }),
    fails: ['task/unknown'],
    about: 'Which of the pool’s workers suit a task, and why the others do not.',
  },
} as const
