/** App: from what a registry says of an app to something that a runner of this worker can run. */
import { AppError, type Deal, Multiaddr, Program } from '@traboule/protocol'
import { readApp } from '../chain.ts'
import { checkSum, fetchContent } from '../content/checked.ts'
import { imageOf } from '../images/reference.ts'
import type { Parts } from '../parts.ts'
import type { App, Runner, Waiting } from '../runners/runner.ts'

/** Resolves once a runner has the app ready; the time of a run starts later. */
export async function fetchApp(
  { app: { pointer } }: Pick<Deal.Deal, 'app'>,
  parts: Parts,
  waiting: Waiting,
): Promise<Readonly<{ app: App; runner: Runner }>> {
  const known = await readApp(parts, pointer)
  const type = Program.kindOf(known)
  const runner = parts.runners.of(type)
  if (!runner)
    throw new AppError('task/unsupported', `This worker does not run ${type} apps.`, { type })
  const location = Multiaddr.decode(known.m_appMultiaddr)
  const find = runner.appType === 'DOCKER' ? findImage : findModule
  const app = await find({ location, checksum: known.m_appChecksum, pointer }, parts, waiting)
  await runner.prepare(app, waiting)
  return { app, runner }
}

type Announced = Readonly<{ location: string; checksum: `0x${string}`; pointer: string }>

async function findModule(
  { location, checksum, pointer }: Announced,
  parts: Parts,
  { signal }: Waiting,
): Promise<App> {
  const bytes = await fetchContent(location, parts, signal)
  checkSum(bytes, checksum, pointer)
  return bytes
}

/** An order must not make workers call hosts that their operators never chose. */
async function findImage({ location, checksum }: Announced, { config }: Parts): Promise<App> {
  const image = imageOf(location, checksum)
  const { registry } = image
  if (config.REGISTRIES.includes(registry)) return image
  const sentence = `This worker takes no images from ${registry}.`
  throw new AppError('task/unsupported', sentence, { registry, taken: config.REGISTRIES })
}
