/**
 * Bag: what the market adds to computing. Twelve tasks that compute nothing, at trust 5, with blocks
 * every second: the time from the match to the last payment is all overhead.
 *
 * Compared with a scheduler that sends one transaction a block from its wallet, as the Java
 * middleware does by default: two transactions a task (initialize, finalize) take as many blocks.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkOf, sellApp, sellPool, startDevnet } from '@traboule/devnet'
import { run } from '@traboule/sdk'
import { build } from '../examples/pi/build.ts'

const RUNS = 5
const TASKS = 12
const TRUST = 5n
const TRANSACTIONS_A_TASK = 2

const folder = await mkdtemp(join(tmpdir(), 'traboule-bag-'))
await using devnet = await startDevnet({
  ...{ folder, workers: 5, liars: 0, blockTime: 1, ports: 'free' },
  progress: () => undefined,
})
const { bytes } = await build()
const app = await sellApp(devnet.facts, 'pi', bytes)
await sellPool(devnet.facts, { trust: TRUST })

const seconds: number[] = []
for (let n = 0; n < RUNS; n++) {
  let matched = 0
  await run(
    networkOf(devnet.facts, 'requester'),
    { app: app.address, args: '1', tasks: TASKS, trust: TRUST },
    {
      matched: () => {
        matched = performance.now()
      },
    },
  )
  seconds.push((performance.now() - matched) / 1000)
}
await rm(folder, { recursive: true, force: true })

const [median = 0] = seconds.toSorted((a, b) => a - b).slice(Math.floor(RUNS / 2))
const serial = TASKS * TRANSACTIONS_A_TASK
const ratio = median / serial
console.log(`bag of ${TASKS}, trust ${TRUST}, 1 s blocks, match to last payment and download`)
console.log(`  here                        ${seconds.map((s) => s.toFixed(1)).join('  ')} s`)
console.log(`  one transaction a block     ${serial.toFixed(1)} s`)
console.log(`  ratio                       ${ratio.toFixed(2)}`)
console.log(JSON.stringify({ bagOverheadSeconds: median, serialSeconds: serial, ratio }))
process.exit()
