/** Claim: taking back the money of tasks that were not done in time. */
import { deal, type task } from '@traboule/sdk'
import { getBlock } from 'viem/actions'
import { useLive } from '../../live.ts'
import { Action } from '../../ui/action.tsx'

type Props = Readonly<{ of: deal.Known; states: readonly Awaited<ReturnType<typeof task.find>>[] }>

export function Claim({ of: { dealId, finalDeadline }, states }: Props) {
  const time = useLive(['time'], async ({ chain }) => (await getBlock(chain)).timestamp)
  const open = states.filter(({ status }) => status !== 'completed' && status !== 'failed').length
  const overdue = time.data !== undefined && time.data >= finalDeadline
  if (!overdue || open === 0) return null
  return (
    <>
      <p className="note">
        The deadline passed before {open} {open === 1 ? 'task was' : 'tasks were'} done: anybody can
        have the money sent back to who paid.
      </p>
      <Action name="Claim refunds" done="Claimed." act={(network) => deal.claim(network, dealId)} />
    </>
  )
}
