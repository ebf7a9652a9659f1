/** Storage: keeps apps, inputs and results under the hash of their content. */

import type { Context } from '@traboule/service-kit'
import { createApp, listen, mount, openChain } from '@traboule/service-kit'
import { openFile } from './backends/file.ts'
import type { Config } from './config.ts'
import { serveGateway } from './gateway.ts'
import { openObjects } from './objects.ts'
import { openResults } from './results.ts'
import { api, routes } from './routes.ts'

export async function startStorage(config: Config, { log, clock }: Context) {
  await using stack = new AsyncDisposableStack()
  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const backend = stack.use(await openFile(config.DATA_DIR))
  const objects = await openObjects(backend, { quota: config.QUOTA_BYTES, disk: config.DISK_BYTES })
  const results = openResults(backend, objects)
  const chainId = client.chain.id
  const bodyBytes = config.OBJECT_BYTES
  const options = { log, clock, chainId, service: 'storage', bodyBytes }
  const app = createApp(options)
  const parts = { objects, results, client, hub: config.HUB, resultBytes: config.RESULT_BYTES }
  mount(api, routes(parts), { ...options, onto: app })
  serveGateway(app, objects)
  const server = stack.use(await listen(app, config.PORT, config.HOST))
  const resources = stack.move()
  return { url: server.url, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}
