import { expect, test } from 'vitest'
import { processOf, startSchema } from './start.ts'

const start = (said: object) => startSchema.parse(said)
const job = { args: [], env: { IEXEC_IN: '/iexec_in' } }

test('arguments take the place of the image’s own, and the job’s variables win', () => {
  const image = start({
    ...{ Entrypoint: ['/run'], Cmd: ['default'], Env: ['A=1', 'IEXEC_IN=/else', 'B=x=y', '=bad'] },
    WorkingDir: 'work',
  })
  expect(processOf(image, job)).toMatchObject({ argv: ['/run', 'default'], folder: '/work' })
  expect(processOf(image, { ...job, args: ['mine'] }).argv).toEqual(['/run', 'mine'])
  const { env } = processOf(image, job)
  expect(env).toMatchObject({ A: '1', B: 'x=y', IEXEC_IN: '/iexec_in', HOME: '/tmp' })
  expect(Object.keys(env)).not.toContain('')
})

test('an image can have scratch folders, but never hide what is ours', () => {
  const Volumes = Object.fromEntries(
    ['/data', '/iexec_out', '/iexec_out/x', '/proc/y', '/', '/tmp', '/a/../../etc', 'bare'].map(
      (path) => [path, {}],
    ),
  )
  expect(processOf(start({ Entrypoint: ['/run'], Volumes }), job).scratch).toEqual(['/data'])
})

test('an image that says nothing cannot be started', () =>
  expect(() => processOf(start({}), job)).toThrow(
    expect.objectContaining({ code: 'app/not-startable' }),
  ))
