#!/usr/bin/env node
/** What was compiled before is not compiled again: it halves the time of a short command. */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { execute } = await import('./execute.ts')
const { ofProcess } = await import('./surroundings.ts')

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')))

process.exitCode = await execute(process.argv.slice(2), ofProcess(interrupt.signal))
// Idle connections would keep the process for seconds.
process.exit()
