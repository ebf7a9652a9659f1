/** Container: what a run may do, in the engine's words. Everything not granted here is refused. */
import type { Process } from '../../images/start.ts'
import type { Gpu } from '../../machine/gpus.ts'
import type { Limits } from '../runner.ts'

export type Confinement = Readonly<{
  /** What the engine calls the image. */
  image: string
  process: Process
  /** Folders of the run on this machine. */
  place: Readonly<{ in: string; out: string }>
  user: Readonly<{ uid: number; gid: number }>
  limits: Limits
  /** How many processors it may keep busy. */
  cpus: number
  /** Its own device, and the groups that may open its files. */
  gpu?: Gpu | undefined
  groups?: readonly number[]
  labels: Readonly<Record<string, string>>
}>

/** Processes and threads at once: enough for what computes, too few for a bomb. */
export const PROCESSES = 512
/** Of a scratch folder, in bytes: it is memory, and counted as such. */
export const SCRATCH_BYTES = 67_108_864
export const OPEN_FILES = 4_096

/** The engine's own filter of system calls stays on: no `seccomp` option is given. */
export function containerOf(run: Confinement): object {
  const { image, process, place, user, limits, cpus, labels } = run
  const { argv, env, folder, scratch } = process
  const bind = (from: string, to: string, readOnly: boolean) => ({
    ...{ Type: 'bind', Source: from, Target: to, ReadOnly: readOnly },
    BindOptions: { Propagation: 'rprivate' },
  })
  const tmpfs = `rw,nosuid,nodev,size=${SCRATCH_BYTES},mode=1777`
  return {
    ...{ Image: image, Entrypoint: argv, Cmd: [], WorkingDir: folder, Labels: labels },
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    User: `${user.uid}:${user.gid}`,
    Hostname: 'app',
    ...{ AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ...{ Privileged: false, PublishAllPorts: false, CgroupnsMode: 'private' },
      Mounts: [bind(place.in, '/iexec_in', true), bind(place.out, '/iexec_out', false)],
      // What an image declares as a volume would else be the engine's disk, without a bound.
      Tmpfs: Object.fromEntries(['/tmp', ...scratch].map((path) => [path, tmpfs])),
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      NanoCpus: Math.round(cpus * 1e9),
      PidsLimit: PROCESSES,
      ...devicesOf(run),
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: OPEN_FILES, Hard: OPEN_FILES },
      ],
      // Under pressure the machine's own programs are worth more.
      OomScoreAdj: 500,
      LogConfig: { Type: 'none' },
      RestartPolicy: { Name: 'no' },
    },
  }
}

/** One device, by its own name: never "all", nor "one of them". */
function devicesOf({ gpu, groups = [] }: Confinement): object {
  if (!gpu) return {}
  if (gpu.maker === 'nvidia')
    return { DeviceRequests: [{ Driver: 'nvidia', DeviceIDs: [gpu.id], Capabilities: [['gpu']] }] }
  return {
    GroupAdd: groups.map(String),
    Devices: gpu.files.map((path) => ({
      ...{ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rw' },
    })),
  }
}
