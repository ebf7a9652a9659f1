import { expect, test } from 'vitest'
import { filterFor } from './seccomp.ts'

/** What the kernel would answer: the few instructions that the filter is made of, carried out. */
function answer(
  machine: 'x64' | 'arm64',
  call: { number: number; args?: number[]; arch?: number },
) {
  const filter = filterFor(machine)
  if (!filter) throw new Error('no filter')
  const own = machine === 'x64' ? 0xc000003e : 0xc00000b7
  const { number, args = [], arch = own } = call
  const words = new Map([
    [0, number],
    [4, arch],
    ...args.map((arg, n): [number, number] => [16 + 8 * n, arg]),
  ])
  for (let at = 0, held = 0; ; at++) {
    const code = filter.readUInt16LE(8 * at)
    const value = filter.readUInt32LE(8 * at + 4)
    const jump = (so: boolean) => filter.readUInt8(8 * at + (so ? 2 : 3))
    if (code === 0x20) held = words.get(value) ?? 0
    else if (code === 0x06) return value
    else if (code === 0x15) at += jump(held === value)
    else if (code === 0x25) at += jump(held > value)
    else if (code === 0x45) at += jump((held & value) !== 0)
    else throw new Error(`unknown instruction ${code}`)
  }
}

const ALLOW = 0x7fff0000
const EPERM = 0x50001
const ENOSYS = 0x50026

test.each(['x64', 'arm64'] as const)('what a program needs is allowed on %s', (machine) => {
  const [read, socket, clone] = machine === 'x64' ? [0, 41, 56] : [63, 198, 220]
  expect(answer(machine, { number: read })).toBe(ALLOW)
  expect(answer(machine, { number: socket, args: [2] })).toBe(ALLOW)
  expect(answer(machine, { number: clone, args: [0x3d0f00] })).toBe(ALLOW) // a thread
})

test.each([
  ['x64', 165], // mount
  ['x64', 101], // ptrace
  ['x64', 272], // unshare
  ['x64', 426], // io_uring_enter
  ['arm64', 40],
  ['arm64', 117],
  ['arm64', 97],
] as const)('on %s call %i is refused', (machine, number) =>
  expect(answer(machine, { number })).toBe(EPERM),
)

test('what depends on arguments is judged by them', () => {
  expect(answer('x64', { number: 56, args: [0x10000000] })).toBe(EPERM) // a user namespace
  expect(answer('x64', { number: 41, args: [40] })).toBe(0x50061) // vsock
  expect(answer('x64', { number: 16, args: [0, 0x5412] })).toBe(EPERM) // typing for others
  expect(answer('x64', { number: 16, args: [0, 0x5401] })).toBe(ALLOW)
})

test('calls that are newer, of x32, or of another processor are none', () => {
  expect(answer('x64', { number: 500 })).toBe(ENOSYS)
  expect(answer('x64', { number: 435 })).toBe(ENOSYS) // clone3
  expect(answer('x64', { number: 0x40000000 })).toBe(ENOSYS)
  expect(answer('x64', { number: 0, arch: 0x40000003 })).toBe(0x80000000)
  expect(filterFor('riscv64')).toBeUndefined()
})
