/**
 * Child: the process in which programs of strangers run.
 *
 * It starts with an empty environment, no permission to touch files, processes or threads of its
 * own making, no key, and one channel to the worker. It serves one program for its whole life, one
 * run at a time, and imports nothing of the worker.
 */
import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { engine, type Module } from './engine.ts'
import { execute, type Order } from './execute.ts'
import { Fault } from './fault.ts'
import { cap, PAGE } from './module.ts'

/** What the worker asks. The program comes with the first question only. */
export type Question = Readonly<{ app: Uint8Array | undefined; order: Order }>

/** Compute gives way to the chain and the network, which other people wait for. */
const NICE = 10

let module: Module | undefined

function compile(app: Uint8Array, memoryBytes: number): Module {
  const capped = cap(app, Math.floor(memoryBytes / PAGE))
  try {
    return new engine.Module(capped)
  } catch (cause) {
    if (!(cause instanceof engine.CompileError)) throw cause
    throw new Fault('app/not-wasm', 'The module is not valid.', { cause: cause.message })
  }
}

function answer({ app, order }: Question): unknown {
  try {
    if (app !== undefined) module = compile(app, order.limits.memoryBytes)
    if (module === undefined) throw new Error('the first question brings the program')
    return { outcome: execute(module, order) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { code, message, details } = error
    return { fault: { code, message, details } }
  }
}

setPriority(NICE)
new Worker(new URL('./watchdog.mjs', import.meta.url), {
  workerData: process.ppid,
  resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
})
process.on('disconnect', () => process.exit())
process.on('message', (question: Question) => process.send?.(answer(question)))
process.send?.('ready')
