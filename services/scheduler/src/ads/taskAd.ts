/** Task ad: what a task tells workers about itself, and whom it wants. */
import { Expr, parse, read } from '@traboule/classad'
import { AppError, Enclave, Params, Tag } from '@traboule/protocol'
import type { Terms } from '../deals/terms.ts'

const { ad, literal } = Expr
const nonsense = literal(Expr.ERROR)

/** What the tag asks of the machine; workers without devices do not tell of any. */
const GPU = Tag.encode(['gpu'])
const HAS_GPU = parse('other.GpuCount >= 1')
const both = (left: Expr.Expr, right: Expr.Expr) =>
  ({ kind: 'binary', op: '&&', left, right }) as const

/** The largest whole number of an ad. */
const MOST = 2n ** 63n - 1n
const whole = (value: bigint) => literal(value < MOST ? value : MOST)
const text = (value: string | undefined) => literal(value?.toLowerCase())

/**
 * The ad of a deal's tasks. Requirements that cannot be read are an error, which no worker meets:
 * better that nobody runs the task than somebody whom the requester did not want.
 */
export function taskAd(terms: Terms, policy: string): Expr.Ad {
  const { traboule_requirements: wanted = 'true', traboule_rank: rank = '0' } = Params.parse(
    terms.params ?? '',
  )
  const gpu = Tag.includes(terms.tag, GPU)
  const capable = gpu ? both(HAS_GPU, readable(wanted)) : readable(wanted)
  return ad([
    ['Type', literal('Task')],
    ['App', text(terms.app?.pointer)],
    ['AppType', literal(terms.appType)],
    ['Dataset', text(terms.dataset?.pointer)],
    ['Requester', text(terms.requester)],
    ['Trust', whole(terms.trust)],
    ['Category', whole(terms.category)],
    ['Seconds', whole(terms.timeRef)],
    ['PayNano', whole(terms.workerpool.price)],
    ['StakeNano', whole(terms.workerStake)],
    ['Tee', literal(Enclave.required(terms.tag))],
    ['Gpu', literal(gpu)],
    ['Requirements', both(capable, parse(policy))],
    ['Rank', readable(rank)],
  ])
}

function readable(expression: string): Expr.Expr {
  try {
    return read(expression)
  } catch (error) {
    if (error instanceof AppError) return nonsense
    throw error
  }
}
