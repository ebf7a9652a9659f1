/** Execute: one command, from its words to its exit status. */
import { CommanderError } from 'commander'
import { type Status, statusOf } from './exit.ts'
import { failure } from './print.ts'
import { createProgram } from './program.ts'
import type { Surroundings } from './surroundings.ts'

/** Runs `traboule` with these words. Everything that may happen becomes output and a status. */
export async function execute(words: readonly string[], at: Surroundings): Promise<Status> {
  try {
    await createProgram(at).parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    if (at.signal.aborted) return 130
    // commander has printed its own message; 0 is for --help.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    failure(at, words.includes('--json') ? 'json' : 'text', error)
    return statusOf(error)
  }
}
