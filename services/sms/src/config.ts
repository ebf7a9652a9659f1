/** Config: everything the secret store can be told, read from the environment once. */
import { z } from 'zod'

export const config = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(13_300)
    .describe('TCP port of the HTTP API; 0 picks a free one'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for every one'),
  RPC_URL: z.url().default('http://127.0.0.1:8545').describe('JSON-RPC endpoint of the chain'),
  CHAIN_ID: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe('Chain the endpoint must be; refuses to start on another'),
  DATABASE_URL: z
    .string()
    .default('pglite://.traboule/sms')
    .describe('postgres://… or pglite://<folder>'),
  MASTER_KEY_FILE: z
    .string()
    .default('.traboule/sms.key')
    .describe('File of master keys, newest first; made when missing. Back it up apart'),
})

/** The settings of one secret store. */
export type Config = z.output<typeof config>
