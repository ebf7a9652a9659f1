/** Shell: somebody who works with the command line of one version, in a folder of their own. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Market, Person } from '../market.ts'
import { programOf, type Version } from '../packages.ts'

export type Shell = AsyncDisposable &
  Person &
  Readonly<{
    version: Version
    market: Market
    folder: string
    /** What a command answers with `--raw`; throws what it says when it fails. */
    iexec(line: string, ...more: readonly string[]): Promise<unknown>
    /** The address that `deployed.json` remembers of this. */
    deployed(noun: string): Promise<string>
    /** Changes one key of `iexec.json`, as a person does with an editor. */
    edit(key: string, value: object): Promise<void>
  }>

export async function openShell(version: Version, market: Market): Promise<Shell> {
  const [person, folder] = await Promise.all([
    market.person(),
    mkdtemp(join(tmpdir(), 'traboule-compat-shell-')),
  ])
  return {
    ...person,
    ...{ version, market, folder },
    iexec: (line, ...more) => run(version, folder, [...line.split(' '), ...more]),
    async deployed(noun) {
      const { [noun]: places } = await read(join(folder, 'deployed.json'))
      return z.record(z.string(), z.string()).parse(places)[market.facts.chainId] ?? ''
    },
    async edit(key, value) {
      const path = join(folder, 'iexec.json')
      const known = await read(path)
      await writeFile(
        path,
        JSON.stringify({ ...known, [key]: { ...inside.parse(known[key]), ...value } }),
      )
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

const json = z.record(z.string(), z.unknown())
const read = async (path: string) => json.parse(JSON.parse(await readFile(path, 'utf8')))
const inside = z.looseObject({}).default({})

/** What `chain.json` must say of a devnet. */
export function chainOf({ version, market: { facts } }: Shell): object {
  const { hub, rpcUrl: host, urls } = facts
  const devnet = {
    ...{ id: String(facts.chainId), host, hub, sms: urls.sms },
    ...{ iexecGateway: urls.market, ipfsGateway: urls.ipfsGateway, compass: urls.compass },
    ...(version.startsWith('8.') && { resultProxy: urls.resultProxy }),
  }
  return { default: 'devnet', chains: { devnet } }
}

const COMPILED = join(tmpdir(), 'traboule-compat-compiled')

function run(version: Version, cwd: string, words: readonly string[]): Promise<unknown> {
  const [noun = ''] = words
  const program = programOf(version, noun)
  const rest = basename(program) === 'iexec.js' ? words : words.slice(1)
  // Nothing of ours in the environment; its home is the folder, so that it finds no other wallets. What
  // was compiled for one command is not compiled again for the next: a fifth of its time.
  const env = { PATH: process.env.PATH, HOME: cwd, NODE_COMPILE_CACHE: COMPILED }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...rest, '--raw'], { cwd, env }, (error, out, err) => {
      const answer = out.trim().split('\n').at(-1) ?? ''
      if (error || answer === '') reject(new Error(`iexec ${words.join(' ')}: ${err || error}`))
      else resolve(JSON.parse(answer))
    })
  })
}
