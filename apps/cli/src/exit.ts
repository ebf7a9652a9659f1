/** Exit: what the process's status says about how it went. */
import { AppError } from '@traboule/protocol'

/** Every status, for scripts; `traboule --help` lists them. */
export const statuses = {
  0: 'done',
  1: 'a bug in this program',
  2: 'the command or a file it reads is not valid',
  3: 'something named does not exist',
  4: 'a wallet, password or permission is missing',
  5: 'refused: the market or the chain says no; nothing was changed',
  6: 'something does not answer: the same command may succeed later',
  7: 'the computation failed; its money is back',
  8: 'late: the deadline passed, and the deals go on without it',
  130: 'interrupted',
} as const
export type Status = keyof typeof statuses

/** The status for an error. */
export function statusOf(error: unknown): Status {
  if (!(error instanceof AppError)) return 1
  if (error.code === 'task/failed') return 7
  if (error.code === 'task/late') return 8
  if (error.code === 'service/bug') return 6
  if (error.retry || error.status >= 502) return 6
  if (error.status === 404) return 3
  if (error.status === 401 || error.status === 403) return 4
  if (error.status === 400 || error.status === 413) return 2
  return 5
}
