/** Results: where a task's winners put its result, and what `finalize` must say about it. */
import { AppError, Archive, Result, Scalar } from '@traboule/protocol'
import { client, storageApi } from '@traboule/protocol/api'
import type { Clock, Log } from '@traboule/service-kit'
import { type Hex, keccak256 } from 'viem'
import type { Open } from './board.ts'
import { proofs } from './progress.ts'

/** The arguments of `finalize`. */
export type Found = Readonly<{ results: Hex; resultsCallback: Hex }>

export type Results = Readonly<{
  /** The result of a task whose winners revealed, once it was found. */
  of(task: Open): Found | undefined
  /** Looks for it now, unless that was just done. */
  lookFor(task: Open): void
  /** Forgets what is known of tasks that are not open. */
  keep(isOpen: (taskId: Hex) => boolean): void
}>

export type ResultsOptions = Readonly<{
  storageUrl: string
  clock: Clock
  log: Log
  signal: AbortSignal
  /** Told when something was found. */
  found(): void
}>

type Search = { digest: Hex | undefined; tries: number; notBefore: number; found?: Found }

/** Lookups at once, so that a slow storage is not asked a thousand times. */
const AT_ONCE = 16
const FIRST_MS = 200
const SLOWEST_MS = 5_000

export function openResults(options: ResultsOptions): Results {
  const { clock, log, signal } = options
  const searches = new Map<Hex, Search>()
  const storage = client(storageApi, options.storageUrl)
  let under = 0

  /** A search is for one digest: a reorg or a reopening may bring another. */
  const searchFor = ({ taskId, progress }: Open): Search => {
    const digest = proofs(progress)[0]?.digest
    const known = searches.get(taskId)
    if (known && known.digest === digest) return known
    const search: Search = { digest, tries: 0, notBefore: 0 }
    searches.set(taskId, search)
    return search
  }

  async function look(task: Open, search: Search): Promise<void> {
    const { cid } = await storage.result({ params: { taskId: task.taskId } }, signal)
    const resultsCallback = await callbackOf(task, cid)
    search.found = { results: Result.link(cid), resultsCallback }
    log.info('result.found', { taskId: task.taskId, cid })
    options.found()
  }

  async function callbackOf({ terms, progress }: Open, cid: string): Promise<Hex> {
    if (terms.callback === Scalar.nullAddress) return '0x'
    const files = Archive.unzip(await storage.get({ params: { cid } }, signal))
    const data = Result.callbackDataOf(files, terms)
    if (keccak256(data) === proofs(progress)[0]?.digest) return data
    throw new AppError('result/digest-mismatch', 'The callback data is not what was agreed on.', {
      cid,
    })
  }

  return {
    of: (task) => searchFor(task).found,

    lookFor(task) {
      const search = searchFor(task)
      if (search.found || search.notBefore > clock.now() || under >= AT_ONCE) return
      const pause = Math.min(FIRST_MS * 1.25 ** search.tries, SLOWEST_MS)
      search.tries++
      search.notBefore = Number.POSITIVE_INFINITY
      under++
      void look(task, search)
        .catch((error) => {
          if (signal.aborted || isMissing(error)) return
          log.warn('result.unreadable', { taskId: task.taskId, error })
        })
        .finally(() => {
          under--
          search.notBefore = clock.now() + pause
        })
    },

    keep(isOpen) {
      for (const taskId of searches.keys()) if (!isOpen(taskId)) searches.delete(taskId)
    },
  }
}

const isMissing = (error: unknown) => error instanceof AppError && error.code === 'result/unknown'
