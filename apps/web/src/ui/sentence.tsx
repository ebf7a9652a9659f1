/** Sentence: an event of the hub as a person would tell it. */
import type { explore } from '@traboule/sdk'
import type { ReactNode } from 'react'
import type { Address, Hex } from 'viem'
import { rlc, short } from '../format.ts'
import { To } from './links.tsx'

type Event = explore.ChainEvent
type Teller = (event: Event, who: ReactNode, task: ReactNode) => ReactNode

const account = (id: Address | undefined) => (id ? <To kind="account" id={id} /> : 'somebody')
const deal = (id: Hex | undefined) => (id ? <To kind="deal" id={id} /> : 'a deal')
const worth = ({ value }: Event) => rlc(value ?? 0n)
const hash = ({ data }: Event) => <code>{short(data ?? '0x')}</code>

const tellers: Readonly<Record<string, Teller>> = {
  OrdersMatched: (event) => (
    <>
      Deal {deal(event.deal)} was made: {String(event.value ?? 0n)} tasks
    </>
  ),
  TaskInitialize: (_, __, task) => <>{task} was begun</>,
  TaskContribute: (event, who, task) => (
    <>
      {who} voted {hash(event)} on {task}
    </>
  ),
  TaskConsensus: (event, _, task) => (
    <>
      {task} reached consensus on {hash(event)}
    </>
  ),
  TaskReveal: (_, who, task) => (
    <>
      {who} opened its seal on {task}
    </>
  ),
  TaskReopen: (_, __, task) => <>{task} was opened again: nobody revealed</>,
  TaskFinalize: (_, __, task) => <>{task} was finalized and everybody paid</>,
  TaskClaimed: (_, __, task) => <>{task} failed and was refunded</>,
  Reward: (event, who) => (
    <>
      {who} earned <strong className="gain">{worth(event)}</strong>
    </>
  ),
  Seize: (event, who) => (
    <>
      <strong className="loss">{worth(event)}</strong> were taken from {who}
    </>
  ),
  AccurateContribution: (_, who) => <>{who} gained standing</>,
  FaultyContribution: (_, who, task) => (
    <>
      {who} was found wrong or silent on {task}
    </>
  ),
  Lock: (event, who) => (
    <>
      {worth(event)} of {who} were locked
    </>
  ),
  Unlock: (event, who) => (
    <>
      {worth(event)} of {who} were freed
    </>
  ),
}

/** What the hub's feed is asked for: what people wait for, not each coin that moves. */
export const notable =
  'OrdersMatched,TaskContribute,TaskConsensus,TaskReopen,TaskFinalize,TaskClaimed,FaultyContribution'

export function Sentence({ event, here }: Readonly<{ event: Event; here?: string }>) {
  const task = event.task ? <To kind="task" id={event.task} /> : 'a task'
  const named = here === event.task ? 'the task' : <>task {task}</>
  const tell = tellers[event.name]
  return tell ? tell(event, account(event.account), named) : event.name
}
