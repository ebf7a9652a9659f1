import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { execute } from './execute.ts'
import { createProgram } from './program.ts'
import { referenceOf } from './reference.ts'
import type { Surroundings } from './surroundings.ts'

const nowhere = { stdout: new PassThrough(), stderr: new PassThrough() } as unknown as Surroundings // help asks for nothing else

const withChildren = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(withChildren),
]

test.for(withChildren(createProgram(nowhere)).map((command) => [command.name(), command] as const))(
  '%s can say how it is used',
  ([name, command]) => {
    expect(command.helpInformation()).toContain(
      `Usage: ${name === 'traboule' ? name : 'traboule '}`,
    )
  },
)

test('says which release it is', async () => {
  const stdout = new PassThrough()
  const signal = new AbortController().signal
  const status = await execute(['--version'], { ...nowhere, stdout, signal })
  expect([status, String(stdout.read())]).toEqual([0, '0.1.0\n'])
})

test('the reference lists every command as it is', async () => {
  const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'reference', 'cli.md')
  await expect(referenceOf(createProgram(nowhere))).toMatchFileSnapshot(page)
})
