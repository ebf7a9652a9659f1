/** Execute: one run of one program, from a fresh instance to its output. */
import type { Job, Outcome } from '../runner.ts'
import { type Calls, guard, type Memory, openMemory } from './abi.ts'
import { type Descriptor, openDescriptors } from './descriptors.ts'
import { type Memory as EngineMemory, engine, type Module } from './engine.ts'
import { factCalls } from './facts.ts'
import { Exit, Fault } from './fault.ts'
import { fileCalls } from './files.ts'
import { HOST } from './module.ts'
import { pathCalls } from './paths.ts'
import { type File, type Folder, fill, type Ledger, list, openTree } from './tree.ts'
import { worldCalls } from './world.ts'

/** A job without its program, which the child already compiled. */
export type Order = Omit<Job, 'app' | 'taskId'>

/** Runs a compiled module to its end. Throws a `Fault` when the program breaks a rule. */
export function execute(module: Module, job: Order): Outcome {
  const start = performance.now()
  const memory = openMemory()
  const tree = openTree()
  const startNs = job.clock * 1_000_000_000n
  const output = ledger('/iexec_out', job.limits.outputBytes, job.limits.outputFiles)
  const stdio = ledger('stdout and stderr', job.limits.stdioBytes, 2)
  const streams = { out: tree.file(stdio), error: tree.file(stdio) }
  const root = tree.folder(output)
  const descriptors = openDescriptors([
    stream(tree.file(undefined)),
    stream(streams.out),
    stream(streams.error),
    preopen('/iexec_in', fill(tree, job.inputs)),
    preopen('/iexec_out', root),
  ])
  const end: { reason?: Exit | Fault } = {}
  const calls = guard(
    {
      ...fileCalls({ memory, descriptors }),
      ...factCalls({ memory, descriptors, startNs }),
      ...pathCalls({ memory, descriptors, tree }),
      ...worldCalls({ ...job, memory, startNs }),
    },
    end,
  )
  const exitCode = conclude(module, { calls, memory, end, limit: job.limits.memoryBytes })
  return {
    exitCode,
    files: list(root),
    stdout: streams.out.bytes.slice(0, streams.out.size),
    stderr: streams.error.bytes.slice(0, streams.error.size),
    runMs: performance.now() - start,
  }
}

type Host = Readonly<{
  calls: Calls
  memory: Memory
  limit: number
  end: { reason?: Exit | Fault }
}>

/** The exit code, whichever way the program ends. */
function conclude(module: Module, host: Host): number {
  let exported: EngineMemory | undefined
  try {
    const { exports } = instantiate(module, host.calls)
    if (!(exports.memory instanceof engine.Memory) || typeof exports._start !== 'function')
      throw new Fault('app/not-wasm', 'The module does not export both memory and _start.')
    exported = exports.memory
    host.memory.attach(exported)
    exports._start()
  } catch (error) {
    host.end.reason ??= reasonOf(error, exported?.buffer.byteLength ?? 0, host.limit)
  }
  const { reason } = host.end
  if (reason instanceof Fault) throw reason
  return reason?.exitCode ?? 0
}

function instantiate(module: Module, calls: Calls): InstanceType<typeof engine.Instance> {
  try {
    return new engine.Instance(module, { [HOST]: calls })
  } catch (cause) {
    if (!(cause instanceof engine.LinkError)) throw cause
    throw new Fault('app/bad-import', 'The module imports a call that WASI does not have.', {
      cause: cause.message,
    })
  }
}

/**
 * Why a program stopped by itself. The engine does not tell a program that ran out of memory from
 * one that stopped for another reason; past half the limit, where allocators that double have met
 * it, memory is taken to be the cause. Anything unknown is a bug of this host, and is thrown on. */
function reasonOf(error: unknown, memoryBytes: number, limit: number): Exit | Fault {
  if (error instanceof Exit || error instanceof Fault) return error
  // The engine reports an exhausted stack of the program as a RangeError.
  if (error instanceof RangeError && /call stack/.test(error.message))
    return new Fault('app/trapped', 'The app called itself too deeply.', { memoryBytes })
  if (error instanceof engine.RuntimeError)
    return memoryBytes * 2 > limit
      ? new Fault(
          'app/out-of-memory',
          `The app stopped with ${memoryBytes} of ${limit} bytes in use.`,
          { limit, memoryBytes },
        )
      : new Fault('app/trapped', `The app stopped: ${error.message}.`, { memoryBytes })
  if (error instanceof engine.Exception)
    return new Fault('app/trapped', 'The app threw an exception that it did not catch.')
  throw error
}

function ledger(what: string, bytes: number, files: number): Ledger {
  return { bytes: 0, files: 0, what, max: { bytes, files } }
}

function stream(node: File): Descriptor {
  return { node, stream: true, writable: node.ledger !== undefined, append: false, position: 0 }
}

function preopen(path: string, node: Folder): Descriptor {
  return { node, preopen: path, writable: false, append: false, position: 0 }
}
