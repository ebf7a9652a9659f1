/** Prices: what workerpools were paid for a task in the last deals of a category. */
import { explore } from '@traboule/sdk'
import { rlc, whole } from '../../format.ts'
import { useLive } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/page.tsx'

export function Prices({ category }: Readonly<{ category: bigint }>) {
  const prices = useLive(['prices', String(category)], (network) =>
    explore.prices(network, { category }),
  )
  return (
    <Card title="Prices" aside={<span className="quiet">category {String(category)}</span>}>
      <Loaded
        of={prices}
        empty="No deal was made in this category yet."
        isEmpty={({ deals }) => deals.length === 0}
      >
        {({ deals }) => <Line deals={deals} />}
      </Loaded>
    </Card>
  )
}

type Deal = Awaited<ReturnType<typeof explore.prices>>['deals'][number]

const [WIDTH, HEIGHT] = [400, 120]

function Line({ deals }: Readonly<{ deals: readonly Deal[] }>) {
  const top = deals.reduce((max, { price }) => (price > max ? price : max), 1n)
  const x = (n: number) => ((n + 0.5) / deals.length) * WIDTH
  const y = (price: bigint) => HEIGHT - (Number(price) / Number(top)) * HEIGHT * 0.85
  const points = deals.map(({ price }, n) => `${x(n)},${y(price)}`).join(' ')
  const last = deals.at(-1)
  const tasks = deals.reduce((sum, { volume }) => sum + volume, 0)
  const told = `Last ${rlc(last?.price ?? 0n)} a task; ${whole(tasks)} tasks in ${deals.length === 1 ? 'one deal' : `the last ${deals.length} deals`}.`
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
        <polyline className="prices" points={points} />
        {deals.map(({ price, time }, n) => (
          <circle key={`${time} ${x(n)}`} cx={x(n)} cy={y(price)} r="3" className="deal" />
        ))}
        <line className="axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <p className="note">{told}</p>
    </figure>
  )
}
