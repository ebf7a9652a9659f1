/** Config: everything a worker can be told, read from the environment once. */
import { Enclave, Scalar } from '@traboule/protocol'
import { keySettings } from '@traboule/service-kit/process'
import { z } from 'zod'

const milliseconds = z.coerce.number().int().positive()
const bytes = z.coerce.number().int().positive()

/** Words separated by commas or blanks. */
const words = z.string().transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''))

export const config = z.object({
  SCHEDULER_URL: z
    .url()
    .default('http://127.0.0.1:3010')
    .describe('The pool to work for; what else must be known is learnt from it'),
  RPC_URL: z.url().default('http://127.0.0.1:8545').describe('JSON-RPC endpoint of the chain'),
  HUB: Scalar.address.optional().describe('Refuse a pool that names another hub than this one'),
  ...keySettings,
  DATA_DIR: z
    .string()
    .default('.traboule/worker')
    .describe('Folder of the tasks under way; a restarted worker goes on from it'),
  CAPACITY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe('How many tasks are computed at once'),
  POLL_MS: milliseconds.default(250).describe('Milliseconds between looks at chain and scheduler'),
  IPFS_GATEWAYS: words
    .pipe(z.array(z.url()))
    .default([])
    .describe('Where to look, after the pool’s storage, for apps and inputs; by commas'),
  WALL_MS: milliseconds
    .optional()
    .describe('Most real time of one task, if less than its category; alike in the whole pool'),
  MEMORY_BYTES: bytes
    .default(536_870_912)
    .describe('Most memory of one task; alike in the whole pool'),
  RUNNERS: words
    .pipe(z.array(z.enum(['wasi', 'sandbox', 'docker'])).min(1))
    .default(['wasi'])
    .describe('What runs apps here, of wasi, sandbox and docker; of two for one kind the first'),
  ENGINE_SOCKET: z
    .string()
    .default('/var/run/docker.sock')
    .describe('Where the container engine listens; tasks never see it'),
  REGISTRIES: words
    .default(['docker.io', 'ghcr.io', 'quay.io', 'registry.gitlab.com', 'public.ecr.aws'])
    .describe('Registries that images are taken from, by commas'),
  REGISTRY_LOGINS: z
    .string()
    .optional()
    .describe('File with logins to private registries, as `docker login` writes it'),
  IMAGE_BYTES: bytes.default(21_474_836_480).describe('Disk for images already fetched'),
  GPUS: z
    .enum(['all', 'none'])
    .default('all')
    .describe('Whether images of tasks tagged gpu get a device found here, each for itself'),
  CACHE_BYTES: bytes.default(1_073_741_824).describe('Disk for apps and inputs already fetched'),
  KEEP_MS: milliseconds
    .default(60_000)
    .describe('How long a task’s files outlive it, in case the chain takes its end back'),
  UPLOAD_STEP_MS: milliseconds
    .default(2_000)
    .describe('How long a winner waits for each winner before it to upload'),
  TEE: z
    .enum(Enclave.kinds)
    .default('none')
    .describe('Whether to take tasks tagged tee with a simulated enclave; never confidential'),
  PRICE_FLOOR: z.coerce
    .bigint()
    .min(0n)
    .max(2n ** 63n - 1n)
    .default(0n)
    .describe('Least nRLC that a task must pay its pool for this worker to take it'),
  REQUIREMENTS: z
    .string()
    .max(4_096)
    .default('true')
    .describe('Which tasks this worker takes, as an expression about their ads'),
  RANK: z
    .string()
    .max(2_048)
    .default('other.PayNano')
    .describe('How much this worker likes a task, as an expression about its ad'),
  WATTS: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('What the machine draws when busy, for requesters who care'),
  LIES: z
    .string()
    .optional()
    .describe('Devnet only: contribute results falsified with this text, to be caught'),
})

/** The settings of one worker. */
export type Config = z.output<typeof config>
