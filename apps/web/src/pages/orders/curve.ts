/** Curve: orders added up to what a market offers at each price, as a line to draw. */

/** `tasks` in all up to and at this price. */
export type Step = Readonly<{ price: bigint; tasks: bigint }>

/** Orders, best first, as the tasks to be had in all; volumes without end count as `ENDLESS`. */
export function ladder(orders: readonly Step[]): readonly Step[] {
  let sum = 0n
  const steps = orders.map(({ price, tasks }) => {
    sum += tasks < ENDLESS ? tasks : ENDLESS
    return { price, tasks: sum }
  })
  // Of one price only the last step counts.
  return steps.filter(({ price }, n) => steps[n + 1]?.price !== price)
}

const ENDLESS = 1_000_000n

export type Box = Readonly<{ width: number; height: number; dearest: bigint; deepest: bigint }>

/** The area under the steps: offers grow with the price, requests with its absence. */
export function stairs(
  steps: readonly Step[],
  { width, height, dearest, deepest }: Box,
  way: 'rising' | 'falling',
): string {
  const [first] = steps
  if (!first) return ''
  const x = (price: bigint) => round((Number(price) / (Number(dearest) * 1.25)) * width)
  const y = (tasks: bigint) => round(height - (Number(tasks) / Number(deepest)) * height * 0.92)
  const line = steps.map(({ price, tasks }) => `H${x(price)}V${y(tasks)}`).join('')
  const end = way === 'rising' ? width : 0
  return `M${x(first.price)} ${height}${line}H${end}V${height}Z`
}

const round = (n: number) => Math.round(n * 10) / 10
