import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { weigh } from './bundle.ts'

const SDK = join(import.meta.dirname, '..', 'src', 'index.ts')

/** Bytes of a page that imports these, with every chunk that may be fetched later. */
async function sizeOf(...names: readonly string[]): Promise<number> {
  const { all } = await weigh(`export { ${names.join(', ')} } from ${JSON.stringify(SDK)}`)
  return all
}

test('run and all it needs travel to a browser in at most 110 kB', async () => {
  const size = await sizeOf('openNetwork', 'run')
  expect(size).toBeLessThanOrEqual(110_000)
})

test('what is not used does not travel', async () => {
  expect(await sizeOf('encryption')).toBeLessThan((await sizeOf('run')) / 2)
})

test('the first call after import takes at most 50 ms of the processor', async () => {
  const script = `
    const { openNetwork, order, profile } = await import(${JSON.stringify(SDK)})
    const address = '0x' + '11'.repeat(20)
    const registries = { appRegistry: address, datasetRegistry: address, workerpoolRegistry: address }
    const began = process.cpuUsage()
    const known = profile.parse({ rpcUrl: 'http://127.0.0.1:9', chainId: 1, hub: address, ...registries })
    const network = openNetwork(known)
    order.hash(network, 'app', order.create(network, 'app', { app: address }))
    const { user, system } = process.cpuUsage(began)
    console.log(user + system)`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '-e',
    script,
  ])
  expect(Number(stdout) / 1_000).toBeLessThanOrEqual(50)
})
