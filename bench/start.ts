/**
 * Measures how long a program takes from "run" to "done" in a warm child, its bytes cached, and what
 * a container engine takes for the same work where one answers. The last line is one JSON object.
 */
import { toHex } from 'viem'
import { build } from '../examples/build.ts'
import type { Job } from '../services/worker/src/runners/runner.ts'
import { openWasi } from '../services/worker/src/runners/wasi.ts'
import { openContainer } from './container.ts'

const RUNS = 300
const CONTAINER_RUNS = 15
const POINTS = '1000'

type Times = Readonly<{ runs: number; medianMs: number; p95Ms: number }>

function summary(times: readonly number[]): Times {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) => Number((sorted[Math.floor(part * sorted.length)] ?? 0).toFixed(2))
  return { runs: times.length, medianMs: at(0.5), p95Ms: at(0.95) }
}

const job = (app: Uint8Array): Job => ({
  taskId: toHex(1, { size: 32 }),
  app,
  args: [POINTS],
  env: {},
  inputs: new Map(),
  clock: 1_700_000_000n,
  seed: toHex(1, { size: 32 }),
  limits: {
    wallMs: 10_000,
    memoryBytes: 67_108_864,
    outputBytes: 1_048_576,
    outputFiles: 10,
    stdioBytes: 65_536,
  },
})

/** Times of whole runs: asking the child, a fresh instance, the program, its output. */
async function measureWasi(): Promise<Times & { firstMs: number }> {
  const { bytes } = await build('pi')
  await using runner = openWasi()
  const times: number[] = []
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now()
    await runner.run(job(bytes), new AbortController().signal)
    times.push(performance.now() - start)
  }
  const [first = 0, ...warm] = times
  return { ...summary(warm), firstMs: Number(first.toFixed(2)) }
}

async function measureContainer(): Promise<Times | string> {
  const { bytes } = await build('pi')
  const container = openContainer(bytes)
  if (typeof container === 'string') return container
  await using _image = container
  const times: number[] = []
  for (let run = 0; run < CONTAINER_RUNS; run++) {
    const start = performance.now()
    container.run([POINTS])
    times.push(performance.now() - start)
  }
  return summary(times)
}

const wasi = await measureWasi()
console.log(`WASI, warm child, bytes cached: median ${wasi.medianMs} ms, p95 ${wasi.p95Ms} ms`)
console.log(`WASI, first run (starting the child, compiling): ${wasi.firstMs} ms`)
const container = await measureContainer()
if (typeof container === 'string') {
  console.log(`docker run: not measured, ${container}`)
  console.log(JSON.stringify({ wasiMedianMs: wasi.medianMs, wasiP95Ms: wasi.p95Ms }))
} else {
  const { medianMs, p95Ms } = container
  const ratio = Number((medianMs / wasi.medianMs).toFixed(0))
  console.log(`docker run --rm, the same module: median ${medianMs} ms, p95 ${p95Ms} ms`)
  console.log(`a container takes ${ratio} times as long`)
  const figures = { wasiMedianMs: wasi.medianMs, wasiP95Ms: wasi.p95Ms }
  console.log(JSON.stringify({ ...figures, dockerMedianMs: medianMs, dockerP95Ms: p95Ms, ratio }))
}
