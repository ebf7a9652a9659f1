/** Storage: keeps apps, inputs and results under the hash of their content. */

import { readFileSync } from 'node:fs'
import { loginApi } from '@traboule/protocol/api'
import type { Context } from '@traboule/service-kit'
import { createApp, listen, mount, openChain } from '@traboule/service-kit'
import { openFile } from './backends/file.ts'
import type { Config } from './config.ts'
import { serveGateway } from './gateway.ts'
import { serveKubo } from './kubo.ts'
import { openLogin } from './login.ts'
import { withNode } from './node.ts'
import { openObjects } from './objects.ts'
import { openResults } from './results.ts'
import { api, routes } from './routes.ts'

export async function startStorage(config: Config, { log, clock }: Context) {
  await using stack = new AsyncDisposableStack()
  const client = await openChain(config.RPC_URL, config.CHAIN_ID)
  const backend = stack.use(await openFile(config.DATA_DIR))
  const limits = { quota: config.QUOTA_BYTES, guests: config.GUEST_BYTES, disk: config.DISK_BYTES }
  const own = await openObjects(backend, limits)
  const { KUBO_URL: url, OBJECT_BYTES: bytes } = config
  const objects = url === undefined ? own : withNode(own, { url, bytes })
  const results = openResults(backend, objects)
  const chainId = client.chain.id
  const bodyBytes = bytes
  const options = { log, clock, chainId, service: 'storage', bodyBytes }
  const app = createApp(options)
  const parts = { objects, results, client, hub: config.HUB, resultBytes: config.RESULT_BYTES }
  const { handlers, authorize } = openLogin({ client, hub: config.HUB, clock })
  mount(loginApi, handlers, { ...options, onto: app }) // before a task's result is looked for there
  mount(api, routes(parts), { ...options, authorize, onto: app })
  serveGateway(app, objects)
  serveKubo(app, { objects, version, open: config.GUEST_BYTES > 0 })
  const server = stack.use(await listen(app, config.PORT, config.HOST))
  const resources = stack.move()
  return { url: server.url, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string } // of our own package
