/** The app as a worker runs it: one task, with its folders, arguments and variables. */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { WASI } from 'node:wasi'
import { build } from './build.js'

test('greets whom the arguments name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'task-'))
  try {
    const [input, output] = [join(folder, 'in'), join(folder, 'out')]
    await Promise.all([mkdir(input), mkdir(output)])
    const wasi = new WASI({
      version: 'preview1',
      args: ['app', 'Ada', 'Grace'],
      env: { IEXEC_IN: '/iexec_in', IEXEC_OUT: '/iexec_out', IEXEC_BOT_TASK_INDEX: '3' },
      preopens: { '/iexec_in': input, '/iexec_out': output },
      returnOnExit: true,
    })
    const { bytes } = await build()
    const module = await WebAssembly.compile(bytes)
    wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))
    const result = await readFile(join(output, 'result.txt'), 'utf8')
    assert.equal(result, 'hello Ada Grace from task 3\n')
    // Without this file, workers would not know what they agree on.
    assert.ok(JSON.parse(await readFile(join(output, 'computed.json'), 'utf8')))
  } finally {
    await rm(folder, { recursive: true })
  }
})
