/** Services: market, scheduler and storage, in this process or in one of their own. */

import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { config as marketConfig, startMarket } from '@traboule/market'
import { config as schedulerConfig, startScheduler } from '@traboule/scheduler'
import { type Context, createLog, systemClock } from '@traboule/service-kit'
import { config as smsConfig, startSms } from '@traboule/sms'
import { startStorage, config as storageConfig } from '@traboule/storage'
import type { Part, PartOptions } from './processes.ts'

export type Running = AsyncDisposable &
  Readonly<{
    name: string
    url: string | undefined
    /** The process, when it has one of its own. */
    process?: ChildProcess
    /** Told of each line of its log, when it has a process of its own. */
    onLog?: Part['onLog']
  }>

export type ServiceName = 'market' | 'scheduler' | 'storage' | 'sms'

type Started = AsyncDisposable & { readonly url: string }

const starters: Record<ServiceName, (env: object, context: Context) => Promise<Started>> = {
  market: (env, context) => startMarket(marketConfig.parse(env), context),
  scheduler: (env, context) => startScheduler(schedulerConfig.parse(env), context),
  storage: (env, context) => startStorage(storageConfig.parse(env), context),
  sms: (env, context) => startSms(smsConfig.parse(env), context),
}

/** Starts a service in this process, its log in a file. */
export async function startInside(
  service: ServiceName,
  { name, env, logFile }: Omit<PartOptions, 'service'>,
): Promise<Running> {
  const file = createWriteStream(logFile, { flags: 'a' })
  const log = createLog({ service }, { write: (line) => void file.write(`${line}\n`) })
  const stop = new AbortController()
  const context = { log, signal: stop.signal, clock: systemClock }
  const started = await starters[service](env, context)
  return {
    name,
    url: started.url,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('devnet stopped'))
      await started[Symbol.asyncDispose]()
      file.end()
    },
  }
}
