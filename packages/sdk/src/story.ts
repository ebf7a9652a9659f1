/** Story: what the chain's events say happened to each task of a deal, and to whose money. */
import type { Address, Hex } from 'viem'

/** The hub's events that matter here, decoded. */
export type HubEvent = Readonly<{ eventName: string; args: Readonly<Record<string, unknown>> }>

export type Verdict = 'pending' | 'agreed' | 'lied' | 'silent'

export type Vote = Readonly<{ worker: Address; resultHash: Hex; verdict: Verdict }>

export type TaskStory = Readonly<{
  taskId: Hex
  index: bigint
  stage: 'waiting' | 'computing' | 'revealing' | 'paid' | 'refunded'
  votes: readonly Vote[]
  consensus: Hex | undefined
  reopened: number
}>

/**
 * Every task of the bag before anything happened.
 *
 * @example
 * ```ts
 * const { tasks } = await deal.show(network, dealId)
 * const stories = begin(tasks)
 * ```
 */
export function begin(tasks: readonly Readonly<{ taskId: Hex; index: bigint }>[]): TaskStory[] {
  return tasks.map(({ taskId, index }) => ({
    taskId,
    index,
    stage: 'waiting',
    votes: [],
    consensus: undefined,
    reopened: 0,
  }))
}

/**
 * The stories after these events, in chain order.
 *
 * @example
 * ```ts
 * const { tasks } = await deal.show(network, dealId)
 * const looks = await Array.fromAsync(watch(network, dealId))
 * const stories = tell(begin(tasks), looks.flatMap(({ events }) => events))
 * ```
 */
export function tell(stories: readonly TaskStory[], events: readonly HubEvent[]): TaskStory[] {
  return events.reduce<TaskStory[]>(
    (told, event) =>
      told.map((story) => (story.taskId === event.args.taskid ? after(story, event) : story)),
    [...stories],
  )
}

function after(story: TaskStory, { eventName, args }: HubEvent): TaskStory {
  switch (eventName) {
    case 'TaskInitialize':
      return { ...story, stage: 'computing' }
    case 'TaskContribute': {
      const vote = { worker: args.worker, resultHash: args.hash, verdict: 'pending' } as Vote // by the ABI
      return { ...story, votes: [...story.votes, vote] }
    }
    case 'TaskConsensus':
      return { ...story, stage: 'revealing', consensus: args.consensus as Hex } // by the ABI
    case 'TaskReopen':
      return { ...story, stage: 'computing', consensus: undefined, reopened: story.reopened + 1 }
    case 'AccurateContribution':
      return judge(story, args.worker, 'agreed')
    case 'FaultyContribution':
      return judge(story, args.worker, 'lied')
    case 'TaskFinalize':
      return { ...story, stage: 'paid', votes: story.votes.map((vote) => settle(vote, story)) }
    case 'TaskClaimed':
      return { ...story, stage: 'refunded' }
    default:
      return story
  }
}

/** A fault is a lie when the hash differs from the consensus, and silence when it was never opened. */
function judge(story: TaskStory, worker: unknown, verdict: 'agreed' | 'lied'): TaskStory {
  const judged = (vote: Vote): Vote => {
    if (vote.worker !== worker) return vote
    const silent = verdict === 'lied' && vote.resultHash === story.consensus
    return { ...vote, verdict: silent ? 'silent' : verdict }
  }
  return { ...story, votes: story.votes.map(judged) }
}

/** A lone contributor gets no event of its own; being paid says that it agreed. */
function settle(vote: Vote, { consensus }: TaskStory): Vote {
  if (vote.verdict !== 'pending') return vote
  return { ...vote, verdict: vote.resultHash === consensus ? 'agreed' : 'lied' }
}

/**
 * nRLC each account was given (`Reward`) less what was taken (`Seize`), by these events.
 *
 * @example
 * ```ts
 * const looks = await Array.fromAsync(watch(network, dealId))
 * const earned = gains(looks.flatMap(({ events }) => events)).get(friend) ?? 0n
 * ```
 */
export function gains(events: readonly HubEvent[]): Map<Address, bigint> {
  const sums = new Map<Address, bigint>()
  for (const { eventName, args } of events) {
    const sign = eventName === 'Reward' ? 1n : eventName === 'Seize' ? -1n : 0n
    if (sign === 0n) continue
    const owner = args.owner as Address // by the ABI
    sums.set(owner, (sums.get(owner) ?? 0n) + sign * (args.amount as bigint))
  }
  return sums
}
