/** Config: everything the scheduler can be told, read from the environment once. */
import { read } from '@traboule/classad'
import { Enclave, Scalar } from '@traboule/protocol'
import { keySettings } from '@traboule/service-kit'
import { type Address, getAddress, type Hex } from 'viem'
import { z } from 'zod'

const list = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''))

const share = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}=\d+(?:\.\d+)?$/, 'must be <address>=<shares>')
  .transform((text): [Address, number] => {
    const [address = '', shares] = text.split('=')
    return [getAddress(address), Number(shares)]
  })
  .refine(([, shares]) => shares > 0 && shares <= 1_000_000, 'shares must be from 0 to a million')

export const config = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3010).describe('TCP port of the API'),
  RPC_URL: z.url().default('http://127.0.0.1:8545').describe('JSON-RPC endpoint of the chain'),
  CHAIN_ID: z.coerce
    .number()
    .int()
    .optional()
    .describe('Refuse to start on another chain than this one'),
  HUB: Scalar.address.describe('Address of the hub'),
  FROM_BLOCK: z.coerce
    .bigint()
    .default(0n)
    .describe('First block that can hold a deal of this pool'),
  WORKERPOOL: Scalar.address.describe('Address of the workerpool that this scheduler runs'),
  ...keySettings,
  DATABASE_URL: z
    .string()
    .default('pglite://.traboule/scheduler')
    .describe('postgres://… or pglite://<folder>'),
  DATA_DIR: z
    .string()
    .default('.traboule/scheduler-data')
    .describe('Folder of the transactions under way'),
  STORAGE_URL: z
    .url()
    .default('http://127.0.0.1:3030')
    .describe('Storage of results, as workers reach it too'),
  SMS_URL: z
    .url()
    .optional()
    .describe('Secret store that workers take the keys of encrypted results from'),
  PUBLIC_URL: z
    .url()
    .optional()
    .describe('Where clients reach this API, if not where it listens; without a path'),
  LOGS_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(259_200_000)
    .describe('Milliseconds for which what programs print is kept: three days'),
  LEASE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(30_000)
    .describe('Milliseconds of silence after which a worker loses its task'),
  SABOTEURS: z.coerce
    .number()
    .gt(0)
    .max(0.5)
    .default(0.2)
    .describe('The largest share of workers that may give wrong results'),
  CHECKS: z.coerce
    .number()
    .min(0)
    .max(0.5)
    .default(0.05)
    .describe('Share of tasks that take one worker more than they need, to check it'),
  DRAW_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000)
    .describe('Milliseconds for which a task is offered to those drawn only; 0 draws nobody'),
  COMMIT_DRAWS: z
    .stringbool()
    .default(false)
    .describe('Whether each task’s draw is committed to on chain, which costs a transaction each'),
  WORKERS: list
    .pipe(z.array(Scalar.address))
    .optional()
    .describe('Addresses that may work here, separated by commas; anyone with a stake if unset'),
  APP_TYPES: list
    .pipe(z.array(z.string().min(1).max(32)))
    .default(['WASI'])
    .describe('Kinds of apps this pool runs, separated by commas'),
  TASK_REQUIREMENTS: z
    .string()
    .default('true')
    .superRefine((text, context) => {
      try {
        read(text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message })
      }
    })
    .describe('What this pool asks of workers for every task: an expression about their ads'),
  SHARES: list
    .pipe(z.array(share))
    .default([])
    .transform((all): ReadonlyMap<Address, number> => new Map(all))
    .describe('Requesters due more than one share, as <address>=<shares>, separated by commas'),
  TEE: z
    .enum(Enclave.kinds)
    .default('none')
    .describe('Whether workers with a simulated enclave get tasks tagged tee; never confidential'),
  TEE_BROKER_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hex digits')
    .transform((text) => text as Hex)
    .optional()
    .describe('Key of the hub’s TEE broker, where it has one, which vouches for enclaves'),
})

/** The settings of one scheduler. */
export type Config = z.output<typeof config>
