import { expect, test } from 'vitest'
import { adOf } from './ad.ts'

const settings = {
  CAPACITY: 2,
  MEMORY_BYTES: 536_870_912,
  CACHE_BYTES: 1_073_741_824,
  PRICE_FLOOR: 0n,
  WATTS: undefined,
  REQUIREMENTS: 'true',
  RANK: 'other.PayNano',
}
const machine = { cpus: 4, memory: 2 ** 34, arch: 'x64', os: 'linux' }

test('tells the machine, the price and whom the operator wants', () =>
  expect(
    adOf(
      { ...settings, PRICE_FLOOR: 20n, WATTS: 90, REQUIREMENTS: 'a || other.Trust > 1' },
      [],
      machine,
    ),
  ).toBe(
    '[Cpus = 4; Slots = 2; MemoryMB = 16384; TaskMemoryMB = 512; DiskMB = 1024; Arch = "x64"; ' +
      'OpSys = "linux"; PriceFloorNano = 20; Watts = 90; ' +
      'Requirements = other.PayNano >= 20 && (a || other.Trust > 1); Rank = other.PayNano]',
  ))

test.each([
  ['ad/malformed', 'other.PayNano >='],
  ['ad/unknown-function', 'launch()'],
])('refuses to start with an expression that makes no sense: %s', (code, REQUIREMENTS) =>
  expect(() => adOf({ ...settings, REQUIREMENTS }, [], machine)).toThrow(
    expect.objectContaining({ code }),
  ),
)

test('tells its devices, so that a task can ask for enough of one', () => {
  const gpu = { maker: 'nvidia', id: 'GPU-1', name: 'A100', memoryMb: 40_960, files: [] } as const
  const said = adOf(settings, [gpu, gpu], machine)
  expect(said).toContain(
    'GpuCount = 2; Gpus = {[Maker = "nvidia"; Name = "A100"; MemoryMB = 40960], [',
  )
})
