/** Config: everything the storage can be told, read from the environment once. */
import { Scalar } from '@traboule/protocol'
import { z } from 'zod'

const MIB = 1_048_576
const bytes = z.coerce.number().int().nonnegative()

export const config = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8_080)
    .describe('TCP port of the API and the gateway; 0 picks a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every one'),
  RPC_URL: z.url().default('http://127.0.0.1:8545').describe('JSON-RPC endpoint of the chain'),
  CHAIN_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Chain the endpoint must be; refuses to start on another'),
  HUB: Scalar.address.describe('Address of the hub'),
  DATA_DIR: z.string().default('.traboule/storage').describe('Folder of everything kept'),
  OBJECT_BYTES: bytes.default(64 * MIB).describe('Largest object or result, in bytes'),
  RESULT_BYTES: bytes
    .default(512 * MIB)
    .describe('Most bytes that the files of one result may unpack to'),
  QUOTA_BYTES: bytes
    .default(1_024 * MIB)
    .describe('Bytes that one address may keep, results aside'),
  GUEST_BYTES: bytes
    .default(0)
    .describe('Bytes that /api/v0/add may keep of those who do not sign, all together; 0 refuses'),
  KUBO_URL: z
    .url()
    .optional()
    .describe('RPC of an IPFS node that also keeps every object, and is asked for those not here'),
  DISK_BYTES: bytes.default(16_384 * MIB).describe('Bytes of all objects and results together'),
})

/** The settings of one storage. */
export type Config = z.output<typeof config>
