/** What strangers may put before a worker: each is refused by name, and nothing is lost. */
import { someBytes32 } from '@traboule/protocol/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { accountOf } from './support/market.ts'
import { startPool } from './support/pool.ts'
import { args, type Scene, startScene } from './support/scene.ts'

let scene: Scene
beforeAll(async () => {
  scene = await startScene()
})
afterEach(() => scene.dismiss())
afterAll(() => scene[Symbol.asyncDispose]())

const bytesOf = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)
const inputs = (...iexec_input_files: string[]) =>
  JSON.stringify({ iexec_args: '1000', iexec_input_files })

describe('is given back with the reason', () => {
  type Given = Awaited<ReturnType<Scene['given']>>
  async function expectRefused({ taskId, n }: Given, code: string, stake?: bigint): Promise<void> {
    const worker = await scene.startWorker(n, stake === undefined ? {} : { stake })
    expect(await scene.pool.released(taskId)).toMatchObject({ code })
    expect(worker.lines.some(({ event }) => event === 'task.contributed')).toBe(false)
    expect(await scene.market.accountOf(scene.addressOf(n))).toMatchObject({ locked: 0n })
  }

  test('an app whose bytes do not match its checksum', async () => {
    const bytes = bytesOf('other bytes')
    const cid = await scene.put(bytes)
    const app = await scene.market.deployApp({ cid, bytes, checksum: someBytes32(7) })
    await expectRefused(await scene.given({ app }), 'app/checksum-mismatch')
  })

  test('an app of another kind', async () => {
    const bytes = bytesOf('FROM scratch')
    const cid = await scene.put(bytes)
    const app = await scene.market.deployApp({ cid, bytes, type: 'JAR' })
    await expectRefused(await scene.given({ app }), 'task/unsupported')
  })

  test('a storage that alters bytes', async () => {
    scene.storageGate.answer(
      ({ path }) => path.startsWith('/ipfs/'),
      (response) => response.end('altered'),
    )
    await expectRefused(await scene.given(), 'object/digest-mismatch')
  })

  test('an input that is missing', async () => {
    const params = inputs('/ipfs/QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH')
    await expectRefused(await scene.given({ params }), 'object/unknown')
  })

  test.each(['https://example.com/data.csv', 'file:///etc/passwd', 'http://127.0.0.1/secret'])(
    'the input %s, which does not name its content',
    async (location) => {
      const params = inputs(location)
      await expectRefused(await scene.given({ params }), 'input/not-content-addressed')
    },
  )

  test('a bulk that says nothing of the task', async () => {
    const params = JSON.stringify({ bulk_cid: await scene.put(bytesOf('[]')) })
    await expectRefused(await scene.given({ params }), 'bulk/malformed')
  })

  test('arguments with an open quote', async () => {
    await expectRefused(await scene.given({ params: args('say "hello') }), 'request/invalid')
  })

  test('a request for what this worker does not offer', async () => {
    const params = JSON.stringify({ iexec_result_encryption: true })
    await expectRefused(await scene.given({ params }), 'task/unsupported')
  })

  test('a worker without stake', async () => {
    await expectRefused(await scene.given(), 'worker/stake-too-low', 1n)
  })

  test('a failing app with a callback: nothing is made up', async () => {
    const callback = scene.market.requester.address
    await expectRefused(await scene.given({ callback, params: args('x') }), 'result/malformed')
  })
})

describe('is reported to the requester as the result', () => {
  async function reportOf(
    { taskId, n }: { taskId: `0x${string}`; n: number },
    env: Record<string, string> = {},
  ) {
    const worker = await scene.startWorker(n, { env })
    await worker.logged('task.uploaded', { taskId })
    return scene.resultOf(taskId)
  }

  test('an app that ends with a code', async () => {
    const files = await reportOf(await scene.given({ params: args('x') }))
    expect(text(files.get('error.txt'))).toContain('app/exited')
    expect(text(files.get('stderr.txt'))).toContain('Give the number of points')
    expect(text(files.get('stderr.txt'))).toContain('exit code 1')
  })

  test('an app that takes too long', async () => {
    const work = await scene.given({ params: args('4000000000') })
    const files = await reportOf(work, { WALL_MS: '700' })
    expect(text(files.get('error.txt'))).toContain('app/timeout')
  })

  test('an app that is no program', async () => {
    const bytes = bytesOf('hello')
    const app = await scene.market.deployApp({ cid: await scene.put(bytes), bytes })
    const files = await reportOf(await scene.given({ app }))
    expect(text(files.get('error.txt'))).toContain('app/not-wasm')
  })
})

test('an authorisation that the pool’s owner did not sign is not worked for', async () => {
  const { market } = scene
  const [work] = await market.match({ app: scene.app })
  if (!work) throw new Error('no task')
  await using thief = await startPool({
    ...{ market, storageUrl: scene.storageGate.url, signer: accountOf(666) },
  })
  thief.offer(work, scene.addressOf(70))
  await scene.startWorker(70, { env: { SCHEDULER_URL: thief.url } })
  expect(await thief.released(work.taskId)).toMatchObject({ code: 'lease/bad-authorization' })
})

test('a pool of another hub is not joined', async () => {
  const env = { HUB: accountOf(5).address }
  const worker = await scene.startWorker(71, { env })
  const { error } = await worker.logged('service.failed')
  expect(error).toMatchObject({ code: 'chain/wrong-network' })
})

test('a bad key is named, and not shown', async () => {
  const almost = `0x${'ab'.repeat(31)}`
  const worker = await scene.startWorker(72, { env: { PRIVATE_KEY: almost } })
  const { problems } = await worker.logged('config.invalid')
  expect(problems).toContain('PRIVATE_KEY')
  expect(problems).not.toContain(almost)
})
