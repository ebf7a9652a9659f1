import { Scalar } from '@traboule/protocol'
import { keySettings } from '@traboule/service-kit'
import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)

/** Everything the market can be told, read from the environment once. */
export const config = z.object({
  PORT: port.default(3000).describe('TCP port of the HTTP API; 0 picks a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every one'),
  RPC_URL: z.url().default('http://127.0.0.1:8545').describe('JSON-RPC endpoint of the chain'),
  WITNESS_URL: z
    .url()
    .optional()
    .describe(
      'Second JSON-RPC endpoint of the chain, of somebody else, that is asked to confirm the first',
    ),
  CHAIN_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Chain the endpoint must be; refuses to start on another'),
  HUB: Scalar.address.describe('Address of the hub'),
  FROM_BLOCK: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .describe('First block of the index; the one the hub was deployed in saves time'),
  DATABASE_URL: z
    .string()
    .default('pglite://.traboule/market')
    .describe('postgres://… or pglite://<folder>'),
  POLL_MS: z.coerce
    .number()
    .int()
    .positive()
    .default(250)
    .describe('Milliseconds between looks at the chain'),
  OPEN_ORDERS: z.coerce
    .number()
    .int()
    .positive()
    .default(50)
    .describe('Open orders of one kind that a signer may have in the book'),
  RATE_LIMIT: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(6_000)
    .describe('Requests a minute from one address; 0 for no limit'),
  TRUST_PROXY: z
    .stringbool()
    .default(false)
    .describe('Whether a proxy in front names the caller in x-forwarded-for'),
  IPFS_URL: z
    .url()
    .optional()
    .describe(
      'Gateway of a storage, asked for the lists of datasets that deals name by CID; without one the graph has no bulks',
    ),
  BROKER: z
    .stringbool()
    .default(false)
    .describe('Whether to match the requests in the book, with the key below paying for gas'),
  BROKER_FEE: z.coerce
    .bigint()
    .nonnegative()
    .default(0n)
    .describe('nRLC that a requester pays the broker a deal, by a transfer in the hub beforehand'),
  DATA_DIR: z
    .string()
    .default('.traboule/market-data')
    .describe('Folder of the broker’s transactions under way'),
  ...keySettings,
})
export type Config = z.infer<typeof config>
