import { expect, test } from 'vitest'
import { openPrinted } from './printed.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('keeps both streams up to a bound that they share', () => {
  const printed = openPrinted(10)
  printed.take('stdout', bytes('12345'))
  printed.take('stderr', bytes('67890'))
  expect(printed.overflow.aborted).toBe(false)
  printed.take('stdout', bytes('x'))
  expect(printed.overflow.reason).toMatchObject({ code: 'app/output-too-large' })
  expect(new TextDecoder().decode(printed.stdout())).toBe('12345')
  expect(new TextDecoder().decode(printed.stderr())).toBe('67890')
})

test('hears how far a program says it is, and nothing else', () => {
  const told: number[] = []
  const printed = openPrinted(1_000, (percent) => told.push(percent))
  for (const part of [
    'pro',
    'gress: 1',
    '2 %\nprogress 50%\nprogress: 50 %\n',
    'no progress: 60 %\n',
  ])
    printed.take('stderr', bytes(part))
  printed.take('stderr', bytes('progress: 101 %\nprogress: -1 %\nprogress: 99 %'))
  printed.take('stdout', bytes('progress: 70 %\n'))
  expect(told).toEqual([12, 50])
  printed.take('stderr', bytes('\n'))
  expect(told).toEqual([12, 50, 99])
})
