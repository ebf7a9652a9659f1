/** Scheduler: the service under test, in this process, with its database and folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, type Level, systemClock } from '@traboule/service-kit'
import { freshDatabase } from '@traboule/service-kit/testing'
import { toHex } from 'viem'
import { config } from '../../src/config.ts'
import { startScheduler } from '../../src/scheduler.ts'
import type { World } from './world.ts'

export type Home = AsyncDisposable & Readonly<{ databaseUrl: string; dataDir: string }>

/** Where a scheduler keeps its things, over restarts. */
export async function openHome(): Promise<Home> {
  const database = await freshDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'traboule-scheduler-'))
  return {
    databaseUrl: database.url,
    dataDir,
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

export type Line = Readonly<Record<string, unknown>> & Readonly<{ event: string }>

/** The environment of a scheduler of the world's pool. */
export function environment(world: World, home: Home, storageUrl: string) {
  const key = world.poolOwner.getHdKey().privateKey
  return {
    PORT: '0',
    RPC_URL: world.anvil.rpcUrl,
    HUB: world.hub,
    WORKERPOOL: world.workerpool,
    PRIVATE_KEY: toHex(key ?? new Uint8Array()),
    DATABASE_URL: home.databaseUrl,
    DATA_DIR: home.dataDir,
    STORAGE_URL: storageUrl,
  }
}

export async function open(
  world: World,
  home: Home,
  storageUrl: string,
  over: Record<string, string> = {},
) {
  const lines: Line[] = []
  const level = (process.env.LOG_LEVEL ?? 'silent') as Level
  const write = (line: string) => {
    const parsed = JSON.parse(line) as Line // our own log
    lines.push(parsed)
    if (process.env.LOG_LEVEL) process.stderr.write(`${line}\n`)
  }
  const log = createLog(
    { service: 'scheduler' },
    { level: process.env.LOG_LEVEL ? level : 'debug', write },
  )
  const settings = config.parse({ ...environment(world, home, storageUrl), ...over })
  const { signal } = new AbortController()
  const scheduler = await startScheduler(settings, { log, signal, clock: systemClock })
  return { ...scheduler, lines }
}
