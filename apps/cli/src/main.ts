#!/usr/bin/env node
import { execute } from './execute.ts'
import { ofProcess } from './surroundings.ts'

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort(new Error('interrupted')))

process.exitCode = await execute(process.argv.slice(2), ofProcess(interrupt.signal))
// Idle connections would keep the process for seconds.
process.exit()
