/** Replay: steps to a hub in forge's machine, and what it answered. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Address,
  bytesToHex,
  decodeAbiParameters,
  type Hex,
  hexToBytes,
  parseAbiParameters,
} from 'viem'
import { artifact } from '../../deploy/artifact.ts'

/** A call; with `LOAD` a slot, with `STORE` a slot (32 bytes) and its value (32). */
export type Step = Readonly<{
  now: bigint
  by: Address
  to: Address
  /** How many words of the answer to keep. */
  keep: number
  data: Hex
}>

/** How a call failed: a selector, the start of the hash of a reason, or zeros; and the words kept. */
export type Answer = Readonly<{ failure: Hex; words: readonly Hex[] }>

/** Writes a slot instead of calling. */
export const STORE = 0xff
/** Reads a slot instead of calling. */
export const LOAD = 0xfe

/** Who and what is there before each history. */
export type Stage = Readonly<{
  hub: Address
  token: Address
  apps: readonly Address[]
  datasets: readonly Address[]
  pools: readonly Address[]
  people: readonly Address[]
  /** The slots of the people's wallets. */
  wallets: readonly Hex[]
  /** The slot of the hub's settings. */
  settings: Hex
}>

const contracts = fileURLToPath(new URL('../..', import.meta.url))
const HISTORIES_PER_FILE = 100
const stageType = parseAbiParameters(
  '(address hub, address token, address[2] apps, address[2] datasets, address[2] pools, address[10] people, bytes32[10] wallets, bytes32 settings)',
)

/** Compiles what is needed and builds the stage. */
export async function openReplay() {
  await artifact('Replay', 'test/histories')
  const all = join(contracts, 'cache', 'histories')
  mkdirSync(all, { recursive: true })
  const folder = mkdtempSync(join(all, 'run-'))
  await forge('test_Stage_IsWritten', folder)
  const written = bytesToHex(readFileSync(join(folder, 'stage')))
  const [stage] = decodeAbiParameters(stageType, written)
  return {
    stage: JSON.parse(JSON.stringify(stage).toLowerCase()) as Stage, // its names have no capitals
    /** The answers to each step of each history; all start on the same stage. */
    async play(histories: readonly (readonly Step[])[]): Promise<Answer[][]> {
      const round = mkdtempSync(join(folder, 'round-'))
      for (let at = 0; at * HISTORIES_PER_FILE < histories.length; at++)
        writeFileSync(join(round, `${at}`), fileOf(chunk(histories, at)))
      await forge('test_Histories_ArePlayed', round)
      const answers: Answer[][] = []
      for (let at = 0; at * HISTORIES_PER_FILE < histories.length; at++)
        answers.push(...read(readFileSync(join(round, `${at}.answers`)), chunk(histories, at)))
      rmSync(round, { recursive: true })
      return answers
    },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

function chunk<T>(all: readonly T[], at: number): readonly T[] {
  return all.slice(at * HISTORIES_PER_FILE, (at + 1) * HISTORIES_PER_FILE)
}

/** The layout is told in `Replay.sol`. */
function fileOf(histories: readonly (readonly Step[])[]): Uint8Array {
  const total = Buffer.alloc(4)
  total.writeUInt32BE(histories.flat().reduce((sum, step) => sum + sizeOf(step), 0))
  return Buffer.concat([total, ...histories.flatMap(rowsOf)])
}

function rowsOf(steps: readonly Step[]): Uint8Array[] {
  const rows = steps.flatMap(({ now, by, to, keep, data }) => {
    const calldata = hexToBytes(data)
    const head = Buffer.alloc(48)
    head.writeUIntBE(Number(now), 0, 5)
    head.set(hexToBytes(by), 5)
    head.set(hexToBytes(to), 25)
    head.writeUInt8(keep, 45)
    head.writeUInt16BE(calldata.length, 46)
    return [head, calldata]
  })
  const sizes = Buffer.alloc(6)
  sizes.writeUIntBE(
    rows.reduce((sum, { length }) => sum + length, 0),
    0,
    3,
  )
  sizes.writeUIntBE(
    steps.reduce((sum, step) => sum + sizeOf(step), 0),
    3,
    3,
  )
  return [sizes, ...rows]
}

const wordsOf = ({ keep }: Step) => (keep === LOAD ? 1 : keep)
const sizeOf = (step: Step) => (step.keep === STORE ? 0 : 4 + 32 * wordsOf(step))

function read(bytes: Uint8Array, histories: readonly (readonly Step[])[]): Answer[][] {
  const text = Buffer.from(bytes).toString('hex')
  let at = 0
  const take = (size: number): Hex => {
    at += 2 * size
    return `0x${text.slice(at - 2 * size, at)}`
  }
  return histories.map((steps) =>
    steps.map((step) => {
      if (step.keep === STORE) return { failure: '0x00000000', words: [] }
      return { failure: take(4), words: Array.from({ length: wordsOf(step) }, () => take(32)) }
    }),
  )
}

/** Throws what forge printed when the test did not pass. */
async function forge(test: string, folder: string): Promise<void> {
  const binary = join(contracts, '..', 'node_modules', '.bin', 'forge')
  const which = ['--match-path', 'test/histories/Replay.sol', '--no-match-path', 'none']
  const env = { ...process.env, HISTORIES: folder, FOUNDRY_GAS_LIMIT: `${2n ** 64n - 1n}` }
  const child = spawn(binary, ['test', ...which, '--match-test', test], { cwd: contracts, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk
    })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  // No test at all would be a success too.
  if (code !== 0 || !output.includes('1 tests passed')) throw new Error(output.slice(-4_000))
}
