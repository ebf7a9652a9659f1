import { describe, expect, test } from 'vitest'
import { amdIn, findGpus, nvidiaIn, openGpus } from './gpus.ts'

/** As the tools print them. */
const nvidia = `0, GPU-8a56a4bc-e184-a047-2620-be19fdf913d5, NVIDIA A100-SXM4-40GB, 40960
1, GPU-5f2c1e7e-0b1f-4e5a-9a57-1e6b3a5d8c11, NVIDIA GeForce RTX 3090, 24576
`
const amd = `WARNING: AMD GPU device(s) is/are in a low-power state.
{"card0": {"Unique ID": "0x18f68e602b8a790f", "VRAM Total Memory (B)": "17163091968", "VRAM Total Used Memory (B)": "6995968", "Card Series": "Radeon VII", "Card Model": "0x66af", "Card Vendor": "Advanced Micro Devices, Inc. [AMD/ATI]"}, "system": {"Driver version": "6.2.4"}}`

test('finds the devices of NVIDIA, each with its own file', () =>
  expect(nvidiaIn(nvidia)).toEqual([
    {
      ...{ maker: 'nvidia', id: 'GPU-8a56a4bc-e184-a047-2620-be19fdf913d5' },
      ...{ name: 'NVIDIA A100-SXM4-40GB', memoryMb: 40_960 },
      files: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'],
    },
    {
      ...{ maker: 'nvidia', id: 'GPU-5f2c1e7e-0b1f-4e5a-9a57-1e6b3a5d8c11' },
      ...{ name: 'NVIDIA GeForce RTX 3090', memoryMb: 24_576 },
      files: ['/dev/nvidia1', '/dev/nvidiactl', '/dev/nvidia-uvm'],
    },
  ]))

test('finds the devices of AMD, whatever is printed around them', () =>
  expect(amdIn(amd)).toEqual([
    {
      ...{ maker: 'amd', id: '0', name: 'Radeon VII', memoryMb: 16_368 },
      files: ['/dev/kfd', '/dev/dri/renderD128'],
    },
  ]))

test.each([
  '',
  'No devices were found',
  'NVIDIA-SMI has failed because it couldn’t …',
  '{"card0":',
])('finds nothing in %j', (text) => expect([...nvidiaIn(text), ...amdIn(text)]).toEqual([]))

test('a machine without the tools has none', async () =>
  expect(await findGpus(async () => undefined)).toEqual([]))

describe('a device', () => {
  const [one, other] = nvidiaIn(nvidia)
  if (!one || !other) throw new Error('no devices')
  const never = new AbortController().signal

  test('is never lent to two, and goes to who asked first', async () => {
    const gpus = openGpus([one])
    const first = await gpus.borrow(never)
    const order: string[] = []
    const second = gpus.borrow(never).then((loan) => {
      order.push('second')
      return loan
    })
    const third = gpus.borrow(never).then((loan) => {
      order.push('third')
      return loan
    })
    await Promise.resolve()
    expect(order).toEqual([])
    first[Symbol.dispose]()
    first[Symbol.dispose]() // given back once, however often it is said
    ;(await second)[Symbol.dispose]()
    expect((await third).gpu).toBe(one)
    expect(order).toEqual(['second', 'third'])
  })

  test('is another for another task', async () => {
    const gpus = openGpus([one, other])
    const loans = await Promise.all([gpus.borrow(never), gpus.borrow(never)])
    expect(loans.map(({ gpu }) => gpu)).toEqual([one, other])
  })

  test('is not lost with a task that stops waiting', async () => {
    const gpus = openGpus([one])
    const held = await gpus.borrow(never)
    const patience = new AbortController()
    const impatient = gpus.borrow(patience.signal)
    patience.abort(new Error('the deal is over'))
    await expect(impatient).rejects.toThrow('the deal is over')
    held[Symbol.dispose]()
    expect((await gpus.borrow(never)).gpu).toBe(one)
  })

  test('cannot be had where there is none', async () =>
    await expect(openGpus([]).borrow(never)).rejects.toMatchObject({ code: 'task/unsupported' }))
})
