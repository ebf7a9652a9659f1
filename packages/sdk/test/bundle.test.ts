import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { expect, test } from 'vitest'

const SDK = join(import.meta.dirname, '..', 'src', 'index.ts')

/**
 * Bytes of a browser's bundle of these exports, as they travel when the page loads. Chunks that viem
 * fetches only for what the SDK never does (EIP-7702 authorisations, CCIP reads) stay out.
 */
async function sizeOf(...names: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  try {
    const input = join(folder, 'entry.js')
    await writeFile(input, `export { ${names.join(', ')} } from ${JSON.stringify(SDK)}`)
    const { output } = await build({
      ...{ input, write: false, platform: 'browser', logLevel: 'silent' },
      output: { minify: true, format: 'esm' },
    })
    const chunks = output.filter((each) => each.type === 'chunk')
    const loaded = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
    for (const name of loaded)
      for (const each of chunks.find(({ fileName }) => fileName === name)?.imports ?? [])
        loaded.add(each)
    return chunks.reduce(
      (sum, { fileName, code }) => sum + (loaded.has(fileName) ? gzipSync(code).length : 0),
      0,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
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
