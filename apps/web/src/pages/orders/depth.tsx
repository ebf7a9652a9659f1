/** Depth: how many tasks a category offers at each price, and how many are asked for. */
import { explore } from '@traboule/sdk'
import { rlc, whole } from '../../format.ts'
import { useLive } from '../../live.ts'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/page.tsx'
import { ladder, type Step, stairs } from './curve.ts'

/** Orders that are added up: what lies deeper is far from where prices meet. */
const DEPTH = 200

export function Depth({ category }: Readonly<{ category: bigint }>) {
  const books = useLive(['depth', String(category)], async (network) => {
    const asked = { category, pageSize: DEPTH }
    const [offers, wishes] = await Promise.all([
      explore.orders(network, 'workerpool', asked),
      explore.orders(network, 'request', asked),
    ])
    return {
      offers: ladder(
        offers.items.map((each) => ({ price: each.order.workerpoolprice, tasks: each.remaining })),
      ),
      wishes: ladder(
        wishes.items.map((each) => ({
          price: each.order.workerpoolmaxprice,
          tasks: each.remaining,
        })),
      ),
    }
  })
  return (
    <Card title="Depth" aside={<span className="quiet">category {String(category)}</span>}>
      <Loaded
        of={books}
        empty="Nobody offers or asks for anything in this category."
        isEmpty={({ offers, wishes }) => offers.length + wishes.length === 0}
      >
        {({ offers, wishes }) => <Curves offers={offers} wishes={wishes} />}
      </Loaded>
    </Card>
  )
}

const [WIDTH, HEIGHT] = [400, 140]

type Props = Readonly<{ offers: readonly Step[]; wishes: readonly Step[] }>

function Curves({ offers, wishes }: Props) {
  const all = [...offers, ...wishes]
  const [best, most] = [offers[0], wishes[0]]
  const dearest = all.reduce((max, { price }) => (price > max ? price : max), 1n)
  const deepest = all.reduce((max, { tasks }) => (tasks > max ? tasks : max), 1n)
  const box = { width: WIDTH, height: HEIGHT, dearest, deepest }
  const told = [
    best ? `Cheapest offer ${rlc(best.price)} a task.` : 'No offers.',
    most ? `Best request ${rlc(most.price)} a task.` : 'No requests.',
  ].join(' ')
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={told}>
        <path className="offers" d={stairs(offers, box, 'rising')} />
        <path className="wishes" d={stairs(wishes, box, 'falling')} />
        <line className="axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      </svg>
      <figcaption>
        <span>0 RLC</span>
        <span>{whole(deepest)} tasks</span>
        <span>{rlc((dearest * 5n) / 4n)}</span>
      </figcaption>
      <p className="note">{told}</p>
    </figure>
  )
}
