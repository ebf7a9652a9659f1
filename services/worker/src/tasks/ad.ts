/** Ad: what this worker tells its pool of itself, and which tasks it wants, as a ClassAd. */
import { availableParallelism, totalmem } from 'node:os'
import { Expr, read, unparse } from '@traboule/classad'
import type { Config } from '../config.ts'
import type { Gpu } from '../machine/gpus.ts'

const { ad, literal } = Expr

/** Of each device, what tasks ask about. */
const adOfGpu = ({ maker, name, memoryMb }: Gpu) =>
  ad([
    ['Maker', literal(maker)],
    ['Name', literal(name)],
    ['MemoryMB', literal(BigInt(memoryMb))],
  ])

type Settings = Pick<
  Config,
  'CAPACITY' | 'MEMORY_BYTES' | 'CACHE_BYTES' | 'PRICE_FLOOR' | 'WATTS' | 'REQUIREMENTS' | 'RANK'
>

/** The worker's ad. Throws `ad/malformed` and the other errors of ads. */
export function adOf(config: Settings, gpus: readonly Gpu[], machine = thisMachine()): string {
  const { PRICE_FLOOR: floor, WATTS: watts, REQUIREMENTS: own, RANK: rank } = config
  const paid = read(`other.PayNano >= ${floor}`)
  const requirements = { kind: 'binary', op: '&&', left: paid, right: read(own) } as const
  return unparse(
    ad([
      ['Cpus', literal(BigInt(machine.cpus))],
      ['Slots', literal(BigInt(config.CAPACITY))],
      ['MemoryMB', literal(megabytes(machine.memory))],
      ['TaskMemoryMB', literal(megabytes(config.MEMORY_BYTES))],
      ['DiskMB', literal(megabytes(config.CACHE_BYTES))],
      ['Arch', literal(machine.arch)],
      ['OpSys', literal(machine.os)],
      ...(gpus.length === 0 ? [] : [['GpuCount', literal(BigInt(gpus.length))] as const]),
      ...(gpus.length === 0 ? [] : [['Gpus', listOf(gpus.map(adOfGpu))] as const]),
      ['PriceFloorNano', literal(floor)],
      ...(watts === undefined ? [] : [['Watts', literal(BigInt(watts))] as const]),
      ['Requirements', requirements],
      ['Rank', read(rank)],
    ]),
  )
}

const listOf = (items: readonly Expr.Expr[]) => ({ kind: 'list', items }) as const
const megabytes = (bytes: number) => BigInt(Math.floor(bytes / 1_048_576))

const thisMachine = () => ({
  cpus: availableParallelism(),
  memory: totalmem(),
  arch: process.arch as string,
  os: process.platform as string,
})
