/** Sms: keeps secrets, encrypted, until an attested enclave needs them. */
import { randomBytes } from 'node:crypto'
import { smsApi } from '@traboule/protocol/api'
import type { Context } from '@traboule/service-kit'
import { listen, migrate, mount, openChain, openDatabase } from '@traboule/service-kit'
import type { Config } from './config.ts'
import { routes, statusOf } from './routes.ts'
import { openAuthorize } from './secrets/access.ts'
import { readMasterKeys } from './secrets/masterKeys.ts'
import { openSecrets, type Tables } from './secrets/secrets.ts'
import { createVault } from './secrets/vault.ts'

/** Room for a secret that is too large, so that it can be refused as such. */
const BODY_BYTES = 65_536

export async function startSms(config: Config, { log, clock }: Context) {
  await using stack = new AsyncDisposableStack()
  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const { db } = stack.use(await openDatabase<Tables>(config.DATABASE_URL))
  await migrate(db, 'sms', new URL('./migrations/', import.meta.url))
  const vault = createVault(await readMasterKeys(config.MASTER_KEY_FILE, randomBytes), randomBytes)
  const secrets = await openSecrets(db, vault, log)
  const app = mount(smsApi, routes({ secrets, client }), {
    log,
    clock,
    chainId: client.chain.id,
    service: 'sms',
    bodyBytes: BODY_BYTES,
    authorize: openAuthorize(secrets),
    statusOf,
  })
  const server = stack.use(await listen(app, config.PORT, config.HOST))
  const resources = stack.move()
  return { url: server.url, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
