/** Probe: whether bubblewrap confines on this machine, found out by letting it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '@traboule/protocol'
import { owner } from '../places.ts'

const system = promisify(execFile)

/** Namespaces, and whether `folder` can be entered by whom programs run as. */
export async function probe(folder: string, filter: string): Promise<void> {
  const { uid, gid } = owner()
  const args = [
    ...['--unshare-all', '--unshare-user', '--disable-userns'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--ro-bind', '/', '/'],
    ...['--proc', '/proc', '--dev', '/dev', '--', 'test', '-r', filter],
  ]
  const who = process.getuid?.() === 0 ? { uid, gid } : {}
  await system('bwrap', args, { ...who, cwd: '/' }).catch((cause) => {
    throw new AppError('runner/unavailable', sentenceFor(cause, folder, uid), { folder }, cause)
  })
}

function sentenceFor(
  { code, stderr = '' }: { code?: unknown; stderr?: string },
  folder: string,
  uid: number,
): string {
  if (code === 'ENOENT') return 'bubblewrap is not installed (apt-get install bubblewrap).'
  if (stderr.trim() === '')
    return `User ${uid} cannot enter ${folder}: let others enter its folders.`
  return `bubblewrap does not confine here: ${stderr.trim().slice(0, 300)}`
}

/**
 * Whoever crashes here leaves no image of its memory on the machine: children inherit it, and a
 * worker's own would hold its key.
 */
export async function leaveNoCores(): Promise<void> {
  await system('prlimit', ['--pid', String(process.pid), '--core=0:0']).catch((cause) => {
    const sentence = 'prlimit does not run here (apt-get install util-linux).'
    throw new AppError('runner/unavailable', sentence, {}, cause)
  })
}
