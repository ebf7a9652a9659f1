/**
 * Start: what an image says of how it is started, and what becomes of it here.
 *
 * The image's own user is not asked: whatever it says, programs run as nobody.
 */
import { AppError } from '@traboule/protocol'
import { z } from 'zod'
import type { Job } from '../runners/runner.ts'

const words = z.array(z.string().max(131_072)).max(4_096).nullish()

/** The part of an image's configuration that matters here; both engines and registries give it. */
export const startSchema = z.object({
  Entrypoint: words,
  Cmd: words,
  Env: words,
  WorkingDir: z.string().max(4_096).nullish(),
  Volumes: z.record(z.string().max(4_096), z.unknown()).nullish(),
})

export type Start = z.output<typeof startSchema>

/** A process to start. */
export type Process = Readonly<{
  argv: readonly string[]
  env: Readonly<Record<string, string>>
  folder: string
  /** Folders that the image wants to write to, beside `/tmp`. */
  scratch: readonly string[]
}>

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const MOST_SCRATCH = 16

/**
 * The arguments of a job take the place of the image's own, as `docker run` has it. Throws
 * `app/not-startable` when nothing says what to start.
 */
export function processOf(start: Start, { args, env }: Pick<Job, 'args' | 'env'>): Process {
  const argv = [...(start.Entrypoint ?? []), ...(args.length > 0 ? args : (start.Cmd ?? []))]
  if (argv[0] === undefined || argv[0] === '')
    throw new AppError('app/not-startable', 'The image does not say what to start.')
  const own = (start.Env ?? []).map((line) => splitOnce(line)).filter(([name]) => name !== '')
  const folder = start.WorkingDir || '/'
  return {
    argv,
    env: { PATH, HOME: '/tmp', ...Object.fromEntries(own), ...env },
    folder: folder.startsWith('/') ? folder : `/${folder}`,
    scratch: scratchOf(start),
  }
}

/** Ours stay ours: an image cannot hide its task's folders. */
function scratchOf({ Volumes }: Start): string[] {
  const kept = /^\/(tmp|iexec_in|iexec_out|proc|dev|sys)?(\/|$)/
  const paths = Object.keys(Volumes ?? {}).filter(
    (path) => path.startsWith('/') && !kept.test(path) && !path.split('/').includes('..'),
  )
  return paths.slice(0, MOST_SCRATCH)
}

function splitOnce(line: string): [name: string, value: string] {
  const at = line.indexOf('=')
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}
