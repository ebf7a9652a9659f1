import { AppError } from '@traboule/protocol'
import { expect, test } from 'vitest'
import { createLog, type LogOptions } from './log.ts'

function record(options: LogOptions = {}) {
  const lines: string[] = []
  const now = () => new Date(0)
  const log = createLog({ service: 's' }, { write: (line) => lines.push(line), now, ...options })
  return { log, parsed: () => lines.map((line) => JSON.parse(line)), lines }
}
const head = { time: '1970-01-01T00:00:00.000Z', service: 's' }

test('writes one JSON object a line', () => {
  const { log, parsed, lines } = record()
  log.info('task.asked', { taskId: '0x1', text: 'two\nlines' })
  expect(lines[0]).not.toContain('\n')
  expect(parsed()).toEqual([
    { ...head, level: 'info', event: 'task.asked', taskId: '0x1', text: 'two\nlines' },
  ])
})

test('leaves out what is below the level, and everything when silent', () => {
  const warn = record({ level: 'warn' })
  const silent = record({ level: 'silent' })
  for (const { log } of [warn, silent]) {
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
  }
  expect(warn.parsed().map(({ event }) => event)).toEqual(['c', 'd'])
  expect(silent.lines).toEqual([])
})

test('writes amounts as decimal text', () => {
  const { log, parsed } = record()
  log.info('paid', { amount: 2n ** 200n, nested: [1n] })
  expect(parsed()[0]).toMatchObject({ amount: (2n ** 200n).toString(), nested: ['1'] })
})

test('writes errors with code and cause', () => {
  const { log, parsed } = record()
  const cause = new TypeError('inner')
  log.warn('failed', { error: new AppError('chain/unreachable', 'outer', {}, cause) })
  expect(parsed()[0].error).toMatchObject({
    name: 'AppError',
    message: 'outer',
    code: 'chain/unreachable',
    cause: { name: 'TypeError', message: 'inner' },
  })
})

test('adds the fields of a child to each of its lines', () => {
  const { log, parsed } = record()
  log.child({ taskId: '0x1' }).child({ worker: '0x2' }).info('x', { more: 1 })
  expect(parsed()[0]).toEqual({
    ...head,
    level: 'info',
    event: 'x',
    taskId: '0x1',
    worker: '0x2',
    more: 1,
  })
})

test('hides what is named like a secret, however deep', () => {
  const { log, lines } = record()
  log.info('config', { PRIVATE_KEY: 'k', nested: { password: 'k', Authorization: ['k'] } })
  expect(lines[0]).not.toContain('"k"')
  expect(lines[0]).toContain('(hidden)')
})

test('lets no field change what happened when', () => {
  const { log, parsed } = record()
  log.info('a', { event: 'b', level: 'error', time: 'never' })
  expect(parsed()[0]).toMatchObject({ event: 'a', level: 'info', time: head.time })
})

test('says that something cannot be written instead of failing', () => {
  const { log, parsed } = record()
  const circle: { self?: unknown } = {}
  circle.self = circle
  log.info('a', { circle })
  expect(parsed()[0]).toMatchObject({ event: 'a', unwritable: expect.stringContaining('circular') })
})
