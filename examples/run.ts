/** Run: an example on this machine as a worker would run it, for tests and curious people. */
import { toHex } from 'viem'
import type { Job, Outcome } from '../services/worker/src/runners/runner.ts'
import { openWasi } from '../services/worker/src/runners/wasi.ts'
import { build } from './build.ts'

const MIB = 1_048_576

type Task = Readonly<{
  args?: readonly string[]
  /** Index of the task in its bag. */
  index?: number
  inputs?: Readonly<Record<string, string | Uint8Array>>
  /** Bytes of the deal's dataset. */
  dataset?: string
}>

/** Builds the example `name` if needed and runs one of its tasks. */
export async function run(name: string, { args = [], index = 0, inputs = {}, dataset = '' }: Task) {
  const { bytes } = await build(name)
  await using runner = openWasi({ idleMs: 0 })
  return await runner.run(
    jobOf(bytes, { args, index, inputs, dataset }),
    new AbortController().signal,
  )
}

function jobOf(app: Uint8Array, { args, index, inputs, dataset }: Required<Task>): Job {
  const names = Object.keys(inputs)
  const given = dataset === '' ? inputs : { ...inputs, dataset }
  const numbered = names.map((name, at) => [`IEXEC_INPUT_FILE_NAME_${at + 1}`, name])
  return {
    taskId: toHex(index, { size: 32 }),
    app,
    args,
    env: {
      IEXEC_IN: '/iexec_in',
      IEXEC_OUT: '/iexec_out',
      IEXEC_BOT_TASK_INDEX: `${index}`,
      IEXEC_DATASET_FILENAME: dataset === '' ? '' : 'dataset',
      IEXEC_INPUT_FILES_NUMBER: `${names.length}`,
      ...Object.fromEntries(numbered),
    },
    inputs: new Map(
      Object.entries(given).map(([path, content]) => [
        path,
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      ]),
    ),
    clock: 1_700_000_000n,
    seed: toHex(index, { size: 32 }),
    limits: {
      wallMs: 60_000,
      memoryBytes: 256 * MIB,
      outputBytes: 64 * MIB,
      outputFiles: 100,
      stdioBytes: MIB,
    },
  }
}

/** A text file of an output. */
export function text({ files }: Outcome, path: string): string {
  return new TextDecoder().decode(files.get(path))
}
