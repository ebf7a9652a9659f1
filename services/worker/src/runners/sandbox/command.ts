/** Command: how bubblewrap is told to confine a run. Everything not granted here is refused. */
import type { Process } from '../../images/start.ts'
import { OPEN_FILES, PROCESSES, SCRATCH_BYTES } from '../docker/container.ts'
import { NOBODY, type Place } from '../places.ts'
import type { Limits } from '../runner.ts'

export type Confinement = Readonly<{
  process: Process
  /** The unpacked image. */
  root: string
  place: Place
  limits: Limits
  /** Bounds of single processes, for what no control group bounds. */
  own: Readonly<{ memory: boolean; processes: boolean }>
  /** Device files that are its own. */
  devices: readonly string[]
}>

/** Descriptors beside the streams: the filter of calls, the story of the run, and what it waits for. */
export const descriptors = { filter: 3, story: 4, wait: 5 } as const

/** The command line, from bubblewrap, or what bounds it, to the program's last argument. */
export function commandOf(run: Confinement): string[] {
  const { process, root, place, devices } = run
  const { argv, env, folder, scratch } = process
  return [
    ...limitsOf(run),
    'bwrap',
    ...[
      '--unshare-all',
      '--unshare-user',
      '--disable-userns',
      '--die-with-parent',
      '--new-session',
    ],
    ...['--uid', String(NOBODY), '--gid', String(NOBODY), '--cap-drop', 'ALL'],
    ...['--hostname', 'app', '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--ro-bind', root, '/', '--dev', '/dev', '--proc', '/proc'],
    ...['/tmp', ...scratch].flatMap(scratchAt),
    ...['--ro-bind', place.in, '/iexec_in', '--bind', place.out, '/iexec_out'],
    ...devices.flatMap((device) => ['--dev-bind', device, device]),
    ...['--remount-ro', '/dev'],
    ...['--chdir', folder, '--seccomp', String(descriptors.filter)],
    ...['--json-status-fd', String(descriptors.story), '--block-fd', String(descriptors.wait)],
    '--',
    ...argv,
  ]
}

const scratchAt = (path: string) => [
  ...['--perms', '1777', '--size', String(SCRATCH_BYTES), '--tmpfs', path],
]

/** Each process is bounded alone where all together are not; starting one more program takes time. */
function limitsOf({ limits, own }: Confinement): string[] {
  if (!own.memory && !own.processes) return []
  return [
    ...['prlimit', `--nofile=${OPEN_FILES}`],
    ...(own.memory ? [`--as=${limits.memoryBytes}`] : []),
    ...(own.processes ? [`--nproc=${PROCESSES}`] : []),
    '--',
  ]
}
