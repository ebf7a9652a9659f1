/** Artifact: compiled contracts, compiled again when a source is newer than what is there. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { AppError } from '@traboule/protocol'
import type { Abi, Hex } from 'viem'

export type Artifact = Readonly<{
  name: string
  abi: Abi
  bytecode: Hex
  /** What its NatSpec says to users and to developers, as the compiler gives it. */
  natspec: Readonly<{ userdoc: object; devdoc: object }>
}>

const root = fileURLToPath(new URL('..', import.meta.url))

const compiling = new Map<string, Promise<void>>()

/**
 * A contract by its name, out of a folder of this workspace (tests have contracts of their own).
 * Compiles the folder first when needed. Throws `contracts/not-compiled`.
 */
export async function artifact(name: string, folder = 'src'): Promise<Artifact> {
  if (!compiling.has(folder)) compiling.set(folder, compile(folder))
  await compiling.get(folder)
  // What contracts of both compiler profiles inherit is there once for each.
  const names = [`${name}.json`, `${name}.default.json`]
  const [file] = names.flatMap((each) => globSync(join(root, 'out', '*.sol', each)))
  if (!file) throw new AppError('contracts/not-compiled', `There is no contract ${name}.`, { name })
  const { abi, bytecode, rawMetadata } = JSON.parse(readFileSync(file, 'utf8'))
  return { name, abi, bytecode: bytecode.object, natspec: JSON.parse(rawMetadata).output }
}

/** Folders that have contracts; those of the tests that forge runs come with `compileAll`. */
const FOLDERS = ['src', 'examples', 'test/differential', 'test/histories']

/** Compiles everything at once, the tests of forge too. Throws `contracts/not-compiled`. */
export async function compileAll(): Promise<void> {
  await using _turn = await takeTurn()
  await build(['src', 'examples', 'test'], FOLDERS)
}

async function compile(folder: string): Promise<void> {
  if (isFresh(folder)) return
  await using _turn = await takeTurn()
  if (isFresh(folder)) return // whoever had the turn before did it
  process.stderr.write('Compiling the contracts (once, under a minute) …\n')
  await build([folder], [folder])
}

/** Writes down from what each folder was made. */
async function build(paths: readonly string[], folders: readonly string[]): Promise<void> {
  const wanted = folders.map((folder) => [stampOf(folder), fingerprint(folder)] as const)
  const { code, output } = await forge(['build', ...paths])
  if (code !== 0) {
    const last = output.slice(-2_000)
    throw new AppError('contracts/not-compiled', 'The contracts do not compile.', { last })
  }
  for (const [stamp, print] of wanted) writeFileSync(stamp, print)
}

const stampOf = (folder: string) => join(root, 'out', `.${folder.replaceAll('/', '-')}`)

const isFresh = (folder: string) =>
  existsSync(stampOf(folder)) && readFileSync(stampOf(folder), 'utf8') === fingerprint(folder)

/** Processes that start together compile one after the other: they share a folder. */
async function takeTurn(): Promise<AsyncDisposable> {
  const lock = join(root, 'cache', 'compiling')
  mkdirSync(join(root, 'cache'), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return { [Symbol.asyncDispose]: async () => rmSync(lock, { force: true }) }
    } catch {
      if (isAbandoned(lock)) rmSync(lock, { force: true })
      await delay(200)
    }
  }
}

/** Whether whoever had the turn is gone. It writes its number at once after it made the file. */
function isAbandoned(lock: string): boolean {
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
  if (holder === 0) return false
  try {
    process.kill(holder, 0)
    return false
  } catch {
    return true
  }
}

async function forge(args: readonly string[]): Promise<{ code: number; output: string }> {
  const binary = join(root, '..', 'node_modules', '.bin', 'forge')
  const child = spawn(binary, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  const code = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(127))
    child.on('close', (ended) => resolve(ended ?? 1))
  })
  return { code, output }
}

/** What the artifacts were made from: sources and compiler settings. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256')
  const sources = new Set(
    ['src', folder].flatMap((each) => globSync(`${each}/**/*.sol`, { cwd: root })),
  )
  for (const file of [...sources].sort().concat('foundry.toml'))
    hash.update(file).update(readFileSync(join(root, file)))
  return hash.digest('hex')
}
