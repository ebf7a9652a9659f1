/** Runners: those that the operator allows, by the kind of app that each takes. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Context } from '@traboule/service-kit/process'
import type { Config } from '../config.ts'
import { readCredentials } from '../images/credentials.ts'
import type { Runner } from './runner.ts'
import { openWasi } from './wasi.ts'

export type Runners = AsyncDisposable &
  Readonly<{
    /** The kinds of apps that can be run here. */
    types: readonly Runner['appType'][]
    /** The runner of a kind; undefined where the operator allows none. */
    of(type: string): Runner | undefined
  }>

/** By the word that operators use for them; what is not named is not loaded, since workers stay small. */
const openers: Record<
  Config['RUNNERS'][number],
  (config: Config, context: Pick<Context, 'clock' | 'log'>) => Promise<Runner>
> = {
  wasi: async ({ CAPACITY }) => openWasi({ keep: CAPACITY }),
  sandbox: async (config, context) => {
    const { openSandbox } = await import('./sandbox.ts')
    return openSandbox(await ofImages('sandbox', config, context))
  },
  docker: async (config, context) => {
    const { openDocker } = await import('./docker.ts')
    return openDocker(await ofImages('docker', config, context))
  },
}

/** Opens what `RUNNERS` names; of two for one kind of app the first is used. */
export async function openRunners(
  config: Config,
  context: Pick<Context, 'clock' | 'log'>,
): Promise<Runners> {
  await using stack = new AsyncDisposableStack()
  const byType = new Map<string, Runner>()
  for (const name of config.RUNNERS) {
    const runner = stack.use(await openers[name](config, context))
    if (!byType.has(runner.appType)) byType.set(runner.appType, runner)
    const { appType, bounds } = runner
    context.log.info('runner.opened', { runner: name, appType })
    for (const bound of bounds) context.log.warn('runner.bounded', { runner: name, bound })
  }
  const resources = stack.move()
  return {
    types: [...byType.values()].map(({ appType }) => appType),
    of: (type) => byType.get(type),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

async function ofImages(
  name: string,
  config: Config,
  { clock, log }: Pick<Context, 'clock' | 'log'>,
) {
  return {
    socketPath: config.ENGINE_SOCKET,
    folder: join(config.DATA_DIR, name),
    credentials: await readCredentials(config.REGISTRY_LOGINS),
    imageBytes: config.IMAGE_BYTES,
    cpus: Math.max(1, Math.floor(availableParallelism() / config.CAPACITY)),
    ...{ clock, log },
  }
}
