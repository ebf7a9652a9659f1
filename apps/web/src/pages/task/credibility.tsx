/** Credibility: how likely each result is to be right, against what the requester asked for. */
import type { task } from '@traboule/sdk'
import { percent, short } from '../../format.ts'
import { standings } from './verdict.ts'

type Props = Readonly<{ task: task.Known; trust: bigint }>

export function Credibility({ task: known, trust }: Props) {
  const results = standings(known.contributions)
  if (results.length === 0) return null
  const needed = trust > 1n ? Number(((trust - 1n) * 10_000n) / trust) / 100 : 0
  return (
    <div className="credibility">
      <h3>Credibility</h3>
      <p className="note">
        {trust > 1n
          ? `A result is agreed on above ${percent(trust - 1n, trust)}: a wrong one is then less likely than 1 in ${trust}. Votes for the same result multiply.`
          : 'At this trust the first vote decides.'}
      </p>
      <ul>
        {results.map(({ resultHash, votes, weight, total }) => (
          <li key={resultHash}>
            <code title={resultHash}>{short(resultHash)}</code>
            <meter
              min={0}
              max={100}
              value={Number((weight * 10_000n) / total) / 100}
              low={needed}
              high={needed}
              optimum={100}
              aria-label={`Credibility of ${short(resultHash)}`}
            />
            <span>
              {percent(weight, total)} by {votes} {votes === 1 ? 'vote' : 'votes'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
