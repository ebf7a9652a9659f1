/** Counters: how much there is of everything, and how far its tasks are. */
import { rlc, whole } from '../../format.ts'
import { useFigures } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'

const stages = [
  ['completed', 'completed'],
  ['revealing', 'revealing'],
  ['active', 'computing'],
  ['waiting', 'waiting'],
  ['failed', 'failed'],
] as const

export function Counters() {
  return (
    <Loaded of={useFigures()}>
      {({ deals, tasks, workerpools, workers, locked, escrow, orders, apps, datasets }) => {
        const all = Object.values(tasks).reduce((sum, each) => sum + each, 0)
        const open = Object.values(orders).reduce((sum, each) => sum + each, 0)
        return (
          <section aria-label="Figures">
            <dl className="counters">
              <Counter name="Deals" value={whole(deals)} />
              <Counter name="Tasks" value={whole(all)} />
              <Counter name="Open orders" value={whole(open)} />
              <Counter
                name="Workerpools"
                value={whole(workerpools)}
                more={`${whole(workers)} workers`}
              />
              <Counter name="Apps" value={whole(apps)} more={`${whole(datasets)} datasets`} />
              <Counter name="Locked" value={rlc(locked)} more={`of ${rlc(escrow)} in escrow`} />
            </dl>
            <div className="card stages">
              <h2>Tasks by state</h2>
              <div className="bar" aria-hidden="true">
                {stages
                  .filter(([stage]) => tasks[stage] > 0)
                  .map(([stage]) => (
                    <span key={stage} className={stage} style={{ flexGrow: tasks[stage] }} />
                  ))}
              </div>
              <ul className="legend">
                {stages.map(([stage, word]) => (
                  <li key={stage}>
                    <span className={`dot ${stage}`} aria-hidden="true" />
                    {word} <strong>{whole(tasks[stage])}</strong>
                  </li>
                ))}
              </ul>
            </div>
          </section>
        )
      }}
    </Loaded>
  )
}

type CounterProps = Readonly<{ name: string; value: string; more?: string }>

function Counter({ name, value, more }: CounterProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {more !== undefined && <small>{more}</small>}
      </dd>
    </div>
  )
}
