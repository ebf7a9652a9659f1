/** Bag: every task of a deal as a small square, coloured by its state. */
import { type deal, task } from '@traboule/sdk'
import { useState } from 'react'
import { Link } from 'wouter'
import { useLive } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/page.tsx'
import { Claim } from './claim.tsx'

/** Tasks that are asked for at once. */
const TOGETHER = 240

const words = {
  unset: 'waiting',
  active: 'computing',
  revealing: 'revealing',
  completed: 'completed',
  failed: 'failed',
} as const

export function Bag({ deal: known }: Readonly<{ deal: deal.Known }>) {
  const { dealId, tasks } = known
  const [from, setFrom] = useState(0)
  const shown = tasks.slice(from, from + TOGETHER)
  const found = useLive(['bag', dealId, from], (network) =>
    Promise.all(shown.map(({ taskId }) => task.find(network, taskId))),
  )
  return (
    <Card title={tasks.length === 1 ? 'One task' : `A bag of ${tasks.length} tasks`} wide>
      <Loaded of={found}>
        {(states) => {
          const done = states.filter(({ status }) => status === 'completed').length
          return (
            <>
              <p className="progress">
                <progress max={states.length} value={done} aria-label="Completed tasks" />
                <span>
                  <strong>{done}</strong> of {states.length} completed
                </span>
              </p>
              <ul className="bag">
                {states.map(({ status, taskId }, n) => (
                  <li key={taskId}>
                    <Link
                      href={`/task/${shown[n]?.taskId}`}
                      className={`cell ${words[status]}`}
                      aria-label={`Task ${shown[n]?.index}, ${words[status]}`}
                      title={words[status]}
                    >
                      {String(shown[n]?.index)}
                    </Link>
                  </li>
                ))}
              </ul>
              <Claim of={known} states={states} />
            </>
          )
        }}
      </Loaded>
      {tasks.length > TOGETHER && (
        <nav className="pager" aria-label="Tasks">
          <button type="button" disabled={from === 0} onClick={() => setFrom(from - TOGETHER)}>
            Back
          </button>
          <button
            type="button"
            disabled={from + TOGETHER >= tasks.length}
            onClick={() => setFrom(from + TOGETHER)}
          >
            More
          </button>
        </nav>
      )}
    </Card>
  )
}
