import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../devnet/src/start.ts', import.meta.url))
const small = ['--once', '--size', '160x90', '--tiles', '4']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traboule-start-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Ended = Readonly<{ code: number | null; out: string; err: string }>

function start(args: readonly string[], ports = 'free'): Promise<Ended> {
  const files = ['--ports', ports, '--folder', join(folder, 'devnet')]
  const env = { ...process.env, DATABASE_URL: undefined } // as on a machine without a server
  const child = spawn(process.execPath, [main, ...args, ...files], { env })
  const ended = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    ended.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    ended.err += chunk
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...ended })))
}

/** What a run leaves behind that was killed while it started. */
async function leaveHalfARun(): Promise<void> {
  const left = join(folder, 'devnet', 'run', 'market', 'db')
  await mkdir(left, { recursive: true })
  await writeFile(join(left, 'PG_VERSION'), 'half')
  await writeFile(join(folder, 'devnet', 'lock'), '999999999')
  await writeFile(join(folder, 'devnet', 'devnet.json'), '{"rpcUrl": "http')
}

describe('npm start', () => {
  test('catches the liar, and gives the picture that the honest give over a half-written folder', async () => {
    const [withLiar, honest] = [join(folder, 'liar.png'), join(folder, 'honest.png')]
    const first = await start([...small, '--out', withLiar])
    expect(first.err).toBe('')
    expect(first.code).toBe(0)
    expect(first.out).toMatch(/LIED: worker5/)
    expect(first.out).not.toMatch(/agreed:((?!LIED).)*worker5/)
    expect(first.out).toMatch(/worker5 +-0\.\d+ RLC/)
    expect(first.out).toMatch(/sum +0 RLC/)
    await leaveHalfARun()
    const second = await start([...small, '--honest', '--out', honest])
    expect(second.code).toBe(0)
    expect(second.out).not.toMatch(/LIED/)
    expect(await readFile(withLiar)).toEqual(await readFile(honest))
  })

  test('shows where a scene is not JSON, before anything is paid', async () => {
    const scene = join(folder, 'scene.json')
    await writeFile(scene, '{\n  "camera": {\n    "from": [1, 2,, 3]\n')
    const { code, err } = await start([...small, '--scene', scene])
    expect(code).toBe(1)
    expect(err).toContain('scene.json:3:19')
    expect(err).toContain('(file/malformed)')
  })

  test('says which option is wrong', async () => {
    const { code, err } = await start(['--tiles', 'many'])
    expect(code).toBe(1)
    expect(err).toContain('--tiles')
  })

  test('says which port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(8545, '127.0.0.1', resolve))
    const { code, err } = await start(small, 'fixed')
    await new Promise((resolve) => server.close(resolve))
    expect(code).toBe(1)
    expect(err).toContain('8545')
    expect(err).toContain('(port/taken)')
  })
})
