#!/usr/bin/env node
// Forge wants a native compiler; npm has the same compiler as WebAssembly, which uses one core.
// This speaks for it, and has the files of one job compiled on all cores.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** Forge sends the sources, but names those outside its root in a way their own imports miss. */
function load(path) {
  try {
    return { contents: readFileSync(new URL(path, import.meta.url), 'utf8') }
  } catch (error) {
    return { error: error.message }
  }
}

const open = () => createRequire(import.meta.url)('solc')

/** Contracts that only test others: that they compile soon counts for more than their gas. */
const isTest = (path) => /^test\/(unit|security|invariant|support)\//.test(path)

/** Optimised as much as code needs that would have too many variables for the stack. */
const HARDLY = {
  enabled: false,
  details: { yul: true, yulDetails: { stackAllocation: true, optimizerSteps: '' } },
}

/** Each part knows all sources, so that ids and code are those of a job that was not divided. */
function compilePart(solc, job, paths) {
  const wanted = job.settings.outputSelection
  const outputSelection = Object.fromEntries(paths.map((path) => [path, wanted[path]]))
  const optimizer = paths.every(isTest) ? HARDLY : job.settings.optimizer
  const part = { ...job, settings: { ...job.settings, optimizer, outputSelection } }
  return JSON.parse(solc.compile(JSON.stringify(part), { import: load }))
}

/** So many that the last one does not keep the others waiting: each analyses all sources again. */
const PARTS_PER_THREAD = 6

/** Parts of about the same size, by the length of sources. */
function divide(job, count) {
  const size = (path) => job.sources[path]?.content?.length ?? 0
  const paths = Object.keys(job.settings.outputSelection).sort((a, b) => size(b) - size(a))
  const products = paths.filter((path) => !isTest(path))
  return [products, paths.filter(isTest)]
    .flatMap((kind) =>
      Array.from({ length: count }, (_, i) => kind.filter((_, n) => n % count === i)),
    )
    .filter((part) => part.length > 0)
}

function compileOnOneCore(job) {
  const solc = open()
  return merge(divide(job, 1).map((paths) => compilePart(solc, job, paths)))
}

async function compileOnAllCores(job, threads) {
  const queue = divide(job, threads * PARTS_PER_THREAD)
  const parts = []
  const worker = () =>
    new Promise((resolve, reject) => {
      const thread = new Worker(new URL(import.meta.url), { workerData: job })
      const next = () => (queue.length > 0 ? thread.postMessage(queue.shift()) : thread.terminate())
      thread.on('online', next).on('message', (part) => {
        parts.push(part)
        next()
      })
      thread.on('error', reject).on('exit', resolve)
    })
  await Promise.all(Array.from({ length: threads }, worker))
  return merge(parts)
}

function merge(parts) {
  const errors = new Map()
  const contracts = {}
  const sources = {}
  for (const part of parts) {
    for (const error of part.errors ?? []) errors.set(error.formattedMessage, error)
    Object.assign(contracts, part.contracts)
    for (const [path, source] of Object.entries(part.sources ?? {}))
      sources[path] = { ...sources[path], ...source }
  }
  return { errors: [...errors.values()], contracts, sources }
}

const namesItsFiles = (job) => !('*' in (job.settings?.outputSelection ?? { '*': {} }))

if (!isMainThread) {
  const solc = open()
  parentPort.on('message', (paths) => parentPort.postMessage(compilePart(solc, workerData, paths)))
} else if (process.argv.includes('--version')) {
  const version = open().version().replace('.Emscripten.clang', '.Linux.g++')
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`)
} else {
  const input = readFileSync(0, 'utf8')
  const job = JSON.parse(input)
  const threads = Number(process.env.SOLC_THREADS ?? availableParallelism())
  const compiled = () => (threads > 1 ? compileOnAllCores(job, threads) : compileOnOneCore(job))
  process.stdout.write(
    namesItsFiles(job) ? JSON.stringify(await compiled()) : open().compile(input, { import: load }),
  )
}
