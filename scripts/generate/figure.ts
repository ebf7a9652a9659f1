/** Figure: how much trust a number of workers carries, drawn from the arithmetic itself. */
import { Consensus } from '@traboule/protocol'
import type { Hex } from 'viem'
import type { Generated } from './abi.ts'

const PATH = 'docs/images/credibility.svg'
const RIGHT: Hex = '0x01'
const WRONG: Hex = '0x02'

type Crowd = Readonly<{ name: string; score: bigint; liars: number; colour: string }>

const crowds: readonly Crowd[] = [
  { name: 'score 30 (weight 9), all agree', score: 30n, liars: 0, colour: '#0b6e4f' },
  { name: 'newcomers (weight 2), all agree', score: 0n, liars: 0, colour: '#1f5fa8' },
  { name: 'newcomers, one disagrees', score: 0n, liars: 1, colour: '#b3541e' },
  { name: 'newcomers, two liars agree', score: 0n, liars: 2, colour: '#8b1e3f' },
]

const MOST = 10
/** The highest trust on the figure, as a power of two. */
const TOP = 16
const SIZE = { width: 720, height: 420, left: 64, right: 20, top: 24, bottom: 56 }

export function figureFiles(): readonly Generated[] {
  return [{ path: PATH, text: draw() }]
}

/** The highest trust at which the agreeing group is believed. */
function carried(agreeing: number, { score, liars }: Crowd): bigint {
  const weight = Consensus.weightOf(score)
  const cast = (resultHash: Hex, count: number) =>
    Array.from({ length: count }, () => ({ resultHash, weight }))
  const votes = [...cast(RIGHT, agreeing), ...cast(WRONG, liars)]
  const tally = votes.reduce(Consensus.add, Consensus.empty)
  const group = tally.groups.get(RIGHT) ?? 0n
  // reached: group * trust > total * (trust - 1), so trust < total / (total - group).
  return (tally.total - 1n) / (tally.total - group)
}

const x = (workers: number) =>
  SIZE.left + ((workers - 1) / (MOST - 1)) * (SIZE.width - SIZE.left - SIZE.right)
const y = (log2: number) =>
  SIZE.height - SIZE.bottom - (log2 / TOP) * (SIZE.height - SIZE.top - SIZE.bottom)

function draw(): string {
  const { width, height } = SIZE
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="Trust carried by 1 to ${MOST} agreeing workers" font-family="system-ui, sans-serif" font-size="12" fill="#333">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...rows(), ...columns(), ...crowds.map(line), ...legend()].join('\n')}
<text x="${(SIZE.left + width) / 2}" y="${height - 14}" text-anchor="middle">workers who agree</text>
<text x="16" y="${height / 2}" text-anchor="middle" transform="rotate(-90 16 ${height / 2})">highest trust carried</text>
</svg>
`
}

const rows = () =>
  [0, 2, 4, 6, 8, 10, 12, 14, 16].map(
    (log2) =>
      `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(log2)}" y2="${y(log2)}" stroke="#ddd"/><text x="${SIZE.left - 8}" y="${y(log2) + 4}" text-anchor="end">${2 ** log2}</text>`,
  )

const columns = () =>
  Array.from(
    { length: MOST },
    (_, n) =>
      `<text x="${x(n + 1).toFixed(1)}" y="${SIZE.height - SIZE.bottom + 20}" text-anchor="middle">${n + 1}</text>`,
  )

function line(crowd: Crowd): string {
  const points = Array.from({ length: MOST }, (_, n) => {
    const log2 = Math.log2(Math.max(1, Number(carried(n + 1, crowd))))
    return log2 <= TOP ? `${x(n + 1).toFixed(1)},${y(log2).toFixed(1)}` : ''
  })
  return `<polyline fill="none" stroke="${crowd.colour}" stroke-width="2.5" points="${points.filter(Boolean).join(' ')}"/>`
}

const legend = () =>
  crowds.map(({ name, colour }, n) => {
    const at = SIZE.top + 14 + 20 * n
    const left = SIZE.width - SIZE.right - 232
    return `<rect x="${left - 10}" y="${at - 14}" width="242" height="20" fill="#fff"/><line x1="${left}" x2="${left + 24}" y1="${at - 4}" y2="${at - 4}" stroke="${colour}" stroke-width="2.5"/><text x="${left + 32}" y="${at}">${name}</text>`
  })
